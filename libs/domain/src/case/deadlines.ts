import type { TierCode } from '@liandong/kernel';
import type { RecordCorrectionLapse, RecordDeemedAcceptance, RecordToleranceLapse } from './commands.ts';
import { stepStatus } from './review.ts';
import type { Instant } from './route.ts';
import { statusOf } from './rule.ts';
import type { CaseState, Matter } from './state.ts';

export const deadlineKinds = [
  'deemedAcceptance',
  'correctionLapse',
  'toleranceLapse',
  'promisedDecision',
  'statutoryDecision',
  'step',
  'procedure',
  'consultation',
  'delivery',
] as const;
export type DeadlineKind = (typeof deadlineKinds)[number];

export type Deadline = {
  readonly kind: DeadlineKind;
  /** The last instant in time. */
  readonly due: Instant;
  /** The tier whose act it waits for, or whose follower records that it passed. */
  readonly tier: TierCode;
  readonly step?: string;
};

type Possible = Omit<Deadline, 'due' | 'step'> & {
  readonly due: Instant | undefined;
  readonly step?: string | undefined;
};

/** Every limit that runs now, the nearest first. */
export const dueDeadlines = ({ matter }: CaseState): readonly Deadline[] =>
  matter === undefined
    ? []
    : [...ofTheApplicant(matter), ...ofTheOrgans(matter)]
        .flatMap(running)
        .toSorted((a, b) => (a.due < b.due ? -1 : Number(a.due > b.due)));

const running = ({ kind, due, tier, step }: Possible): readonly Deadline[] =>
  due === undefined ? [] : [{ kind, due, tier, ...(step !== undefined && { step }) }];

const ofTheApplicant = (matter: Matter): readonly Possible[] => {
  const { opening, noticeDue, correction, tolerance, status } = matter;
  const intake = opening.intake.tier;
  const waiting = status === 'draft' || status === 'preAccepted';
  const open = waiting || status === 'accepted' || status === 'inReview';
  const unmet = status === 'preAccepted' && (correction?.unmet.length ?? 0) > 0;
  return [
    { kind: 'deemedAcceptance', due: waiting ? noticeDue : undefined, tier: intake },
    { kind: 'correctionLapse', due: unmet ? correction?.due : undefined, tier: keeper(matter, correction) },
    { kind: 'toleranceLapse', due: open ? tolerance?.due : undefined, tier: keeper(matter, tolerance) },
  ];
};

/** Who gave the applicant the time keeps it: the intake, or whoever leads now. */
const keeper = ({ opening, lead }: Matter, given: { readonly tier: TierCode } | undefined): TierCode =>
  given?.tier === opening.intake.tier ? opening.intake.tier : lead.tier;

const ofTheOrgans = (matter: Matter): readonly Possible[] => {
  const { clock, lead, conclusion, procedures, consultations, steps } = matter;
  const status = statusOf(matter);
  if (status === 'concluded') return [{ kind: 'delivery', due: conclusion?.deliveryDue, tier: lead.tier }];
  const reviewed = status === 'accepted' || status === 'inReview' || status === 'suspended';
  if (!reviewed && !(status === 'preAccepted' && matter.preReviewed)) return [];
  return [
    { kind: 'promisedDecision', due: clock?.due.promised, tier: lead.tier },
    { kind: 'statutoryDecision', due: clock?.due.statutory, tier: lead.tier },
    ...Object.values(steps)
      .filter((state) => ['open', 'suspended'].includes(stepStatus(matter, state)))
      .map(({ step, organ, due }): Possible => ({ kind: 'step', due, tier: organ.tier, step: step.id })),
    ...procedures.map(({ due, step }): Possible => {
      const organ = Object.values(steps).find((state) => state.step.id === step)?.organ;
      return { kind: 'procedure', due, tier: (organ ?? lead).tier, step };
    }),
    ...consultations.map(({ due, asked, step }): Possible => {
      return { kind: 'consultation', due, tier: asked.tier, step };
    }),
  ];
};

/** What a tier's follower says once a limit has passed. */
export type LapseCommand = RecordDeemedAcceptance | RecordCorrectionLapse | RecordToleranceLapse;

/** The commands that record a passed deadline, for the follower of one tier, at an instant. */
export const passedDeadlines = (state: CaseState, tier: TierCode, at: Instant): readonly LapseCommand[] =>
  dueDeadlines(state)
    .filter((deadline) => deadline.tier === tier && at > deadline.due)
    .flatMap(({ kind }) => recordOf(kind) ?? []);

const recordOf = (kind: DeadlineKind): LapseCommand | undefined => {
  switch (kind) {
    case 'deemedAcceptance':
      return { type: 'recordDeemedAcceptance' };
    case 'correctionLapse':
      return { type: 'recordCorrectionLapse' };
    case 'toleranceLapse':
      return { type: 'recordToleranceLapse' };
    case 'promisedDecision':
    case 'statutoryDecision':
    case 'step':
    case 'procedure':
    case 'consultation':
    case 'delivery':
      return undefined;
  }
};
