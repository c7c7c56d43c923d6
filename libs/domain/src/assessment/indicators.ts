import type { EventHash, TierCode } from '@liandong/kernel';

/** A text people read: mainland Simplified Chinese first, English second. */
export type Bilingual = { readonly zh: string; readonly en: string };

/** RFC 3339 in UTC with milliseconds. */
export type Instant = string;

/** What an event can show of somebody's work. */
export const indicators = [
  'decisionOnTime',
  'decisionLate',
  'decisionOverdue',
  'answerOnTime',
  'answerLate',
  'deliveryOnTime',
  'deliveryLate',
  'noticeMissed',
  'yellowCard',
  'redCard',
] as const;
export type Indicator = (typeof indicators)[number];

export const indicatorNames: Readonly<Record<Indicator, Bilingual>> = {
  decisionOnTime: { zh: '在承诺时限内办结', en: 'Decided within the promise' },
  decisionLate: { zh: '超过承诺时限办结', en: 'Decided after the promise' },
  decisionOverdue: { zh: '超过法定时限办结', en: 'Decided after the limit of law' },
  answerOnTime: { zh: '环节按时答复', en: 'Step answered in time' },
  answerLate: { zh: '环节逾期答复', en: 'Step answered late' },
  deliveryOnTime: { zh: '按时送达', en: 'Delivered in time' },
  deliveryLate: { zh: '逾期送达', en: 'Delivered late' },
  noticeMissed: { zh: '逾期未告知视为受理', en: 'Accepted by silence' },
  yellowCard: { zh: '黄牌', en: 'Yellow card' },
  redCard: { zh: '红牌', en: 'Red card' },
};

/** Who is scored. */
export type Subject =
  | { readonly kind: 'tier'; readonly tier: TierCode }
  | { readonly kind: 'department'; readonly tier: TierCode; readonly department: string }
  | {
      readonly kind: 'window';
      readonly tier: TierCode;
      readonly department: string;
      readonly window: string;
    }
  | { readonly kind: 'staff'; readonly tier: TierCode; readonly department: string; readonly staff: string };
export const subjectKinds = ['tier', 'department', 'window', 'staff'] as const;
export type SubjectKind = (typeof subjectKinds)[number];

/** One thing that one event shows. It counts for the person, the window, the department and the tier alike. */
export type Deed = {
  readonly indicator: Indicator;
  readonly event: EventHash;
  readonly at: Instant;
  readonly tier: TierCode;
  readonly department: string;
  readonly window?: string;
  readonly staff?: string;
};

/** Everybody for whom a deed counts. */
export const subjectsOf = ({ tier, department, window, staff }: Deed): readonly Subject[] => [
  { kind: 'tier', tier },
  { kind: 'department', tier, department },
  ...(window === undefined ? [] : [{ kind: 'window', tier, department, window } as const]),
  ...(staff === undefined ? [] : [{ kind: 'staff', tier, department, staff } as const]),
];
