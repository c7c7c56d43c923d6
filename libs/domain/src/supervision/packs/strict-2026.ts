import { clockKinds, type ClockKind } from '../codes.ts';
import type { ClockRule, DefaultLimit, RulePack, RuleSource } from '../rule-pack.ts';

/** Follows from no law: a tier that wants to be stricter than others may take it as a beginning. */
const ours: RuleSource = {
  text: { zh: '示范口径，不出自任何规定', en: 'A model to begin with; it follows from no regulation' },
  verified: false,
};
const from = '2018-01-01';

/** Of what came to light late in a case, this version says nothing. */
type Judged = Exclude<ClockKind, 'obligation'>;

const names: Readonly<Record<Judged, { readonly zh: string; readonly en: string }>> = {
  case: { zh: '办件', en: 'case' },
  stage: { zh: '阶段', en: 'stage' },
  step: { zh: '环节', en: 'step' },
  procedure: { zh: '特别程序', en: 'special procedure' },
  preAcceptance: { zh: '预受理', en: 'pre-acceptance' },
  correctionNotice: { zh: '补正告知', en: 'correction notice' },
  consultation: { zh: '征求意见', en: 'consultation' },
  certificate: { zh: '制证发证', en: 'certificate' },
  complaint: { zh: '投诉处理', en: 'complaint' },
  informationRequest: { zh: '依申请公开', en: 'request for information' },
  warningReply: { zh: '预警回复', en: 'reply to a warning' },
};

/** Each of them has the same three cards: a day before its limit, at once when it is over, and a day later. */
const cardsOf = (element: Judged): readonly ClockRule[] => {
  const limit = element === 'correctionNotice' || element === 'informationRequest' ? 'statutory' : 'promised';
  const { zh, en } = names[element];
  const common = { element, limit, from, source: ours } as const;
  return [
    {
      ...common,
      id: `${element}.warning`,
      colour: 'warning',
      over: { compare: 'atLeast', days: -1 },
      issue: 'automatic',
      text: { zh: `距${zh}时限1个工作日`, en: `One working day before the limit of the ${en}` },
    },
    {
      ...common,
      id: `${element}.yellow`,
      colour: 'yellow',
      over: { compare: 'above', days: 0 },
      issue: 'automatic',
      text: { zh: `${zh}超时`, en: `The ${en} is over its limit` },
    },
    {
      ...common,
      id: `${element}.red`,
      colour: 'red',
      over: { compare: 'above', days: 1 },
      issue: 'confirmed',
      text: { zh: `${zh}超时1个工作日以上`, en: `The ${en} is more than a working day over its limit` },
    },
  ];
};

const promised = (element: Judged, days: number): DefaultLimit => ({
  from,
  element,
  limit: 'promised',
  days,
  source: ours,
});

/** Shorter thresholds, cards for every clock, receipt by office hours, red cards only after a supervisor looked. */
export const strict2026: RulePack = {
  id: 'strict-2026',
  version: 1,
  name: { zh: '从严示范规则（2026）', en: 'Stricter model rules, 2026' },
  timezone: 'Asia/Shanghai',
  receipt: 'officeHours',
  defaults: [
    promised('preAcceptance', 1),
    promised('certificate', 2),
    promised('consultation', 3),
    promised('complaint', 4),
    promised('warningReply', 1),
    { from, element: 'informationRequest', limit: 'statutory', days: 20, source: ours },
    { from, element: 'informationRequest', limit: 'extension', days: 10, source: ours },
  ],
  clockRules: clockKinds.filter((kind) => kind !== 'obligation').flatMap(cardsOf),
  findingRules: [
    {
      id: 'backDatedEntry',
      check: 'backDatedEntry',
      hours: 4,
      facts: 1,
      colour: 'red',
      issue: 'confirmed',
      from,
      source: ours,
      text: { zh: '补录', en: 'Back-dated entry' },
    },
  ],
};
