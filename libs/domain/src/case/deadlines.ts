import type { EventHash, TierCode } from '@liandong/kernel';
import { addedDays, stepDays } from './clock.ts';
import type { RecordCorrectionLapse, RecordDeemedAcceptance, RecordToleranceLapse } from './commands.ts';
import type { DeadlineKind } from './facts.ts';
import { stepStatus } from './review.ts';
import type { Instant } from './route.ts';
import { statusOf } from './rule.ts';
import type { CaseState, Matter } from './state.ts';

export type Deadline = {
  readonly kind: DeadlineKind;
  /** The last instant in time. */
  readonly due: Instant;
  /** The tier whose act it waits for, or whose follower records that it passed. */
  readonly tier: TierCode;
  readonly step?: string;
};

/** A deadline, what in the case it belongs to, and how it was counted: a corrected calendar counts it again. */
export type Limit = Deadline & {
  /** The special procedure, the consultation, or the fact that caused the obligation. */
  readonly cause: EventHash | undefined;
  readonly from: Instant;
  readonly days: number | undefined;
};

type Possible = Pick<Deadline, 'kind' | 'tier'> & {
  readonly due: Instant | undefined;
  readonly from: Instant | undefined;
  readonly days: number | undefined;
  readonly step?: string | undefined;
  readonly cause?: EventHash;
};

/** Every limit that runs now, the nearest first. */
export const dueDeadlines = ({ matter }: CaseState): readonly Deadline[] =>
  matter === undefined
    ? []
    : runningLimits(matter).map(({ kind, due, tier, step }) => ({
        ...{ kind, due, tier, ...(step !== undefined && { step }) },
      }));

/** The same, as they were counted. */
export const runningLimits = (matter: Matter): readonly Limit[] =>
  [...ofTheApplicant(matter), ...ofTheOrgans(matter), ...ofTheLead(matter)]
    .flatMap(running)
    .toSorted((a, b) => (a.due < b.due ? -1 : Number(a.due > b.due)));

const running = ({ due, from, step, cause, ...limit }: Possible): readonly Limit[] =>
  due === undefined || from === undefined
    ? []
    : [{ ...limit, due, from, cause, ...(step !== undefined && { step }) }];

const ofTheApplicant = (matter: Matter): readonly Possible[] => {
  const { opening, noticeDue, noticeFrom, correction, tolerance, status } = matter;
  const intake = opening.intake.tier;
  const waiting = status === 'draft' || status === 'preAccepted';
  const open = waiting || status === 'accepted' || status === 'inReview';
  const unmet = status === 'preAccepted' && (correction?.unmet.length ?? 0) > 0;
  return [
    {
      ...{ kind: 'deemedAcceptance', due: waiting ? noticeDue : undefined, tier: intake },
      ...{ from: noticeFrom, days: opening.limits.noticeDays },
    },
    {
      ...{ kind: 'correctionLapse', due: unmet ? correction?.due : undefined },
      ...{ tier: keeper(matter, correction), from: correction?.from, days: correction?.days },
    },
    {
      ...{ kind: 'toleranceLapse', due: open ? tolerance?.due : undefined },
      ...{ tier: keeper(matter, tolerance), from: tolerance?.from, days: tolerance?.days },
    },
  ];
};

/** Who gave the applicant the time keeps it: the intake, or whoever leads now. */
const keeper = ({ opening, lead }: Matter, given: { readonly tier: TierCode } | undefined): TierCode =>
  given?.tier === opening.intake.tier ? opening.intake.tier : lead.tier;

const ofTheOrgans = (matter: Matter): readonly Possible[] => {
  const { clock, lead, conclusion, procedures, consultations, steps, opening } = matter;
  const { tier } = lead;
  const { promisedDays, statutoryDays, deliveryDays } = opening.limits;
  const status = statusOf(matter);
  if (status === 'concluded')
    return [
      {
        ...{ kind: 'delivery', due: conclusion?.deliveryDue, tier },
        ...{ from: conclusion?.at, days: deliveryDays },
      },
    ];
  const reviewed = status === 'accepted' || status === 'inReview' || status === 'suspended';
  if (!reviewed && !(status === 'preAccepted' && matter.preReviewed)) return [];
  const decision = (days: number | undefined) => ({
    ...{ tier, from: clock?.from, days: days === undefined ? undefined : days + addedDays(matter) },
  });
  return [
    { kind: 'promisedDecision', due: clock?.due.promised, ...decision(promisedDays) },
    { kind: 'statutoryDecision', due: clock?.due.statutory, ...decision(statutoryDays) },
    ...Object.values(steps)
      .filter((state) => ['open', 'suspended'].includes(stepStatus(matter, state)))
      .map((state): Possible => {
        const { step, organ, due, from } = state;
        return { kind: 'step', due, tier: organ.tier, step: step.id, from, days: stepDays(state) };
      }),
    ...procedures.map(({ hash, due, step, from, days }): Possible => {
      const organ = Object.values(steps).find((state) => state.step.id === step)?.organ;
      return { kind: 'procedure', due, tier: (organ ?? lead).tier, step, cause: hash, from, days };
    }),
    ...consultations.map(({ hash, due, asked, step, from, days }): Possible => {
      return { kind: 'consultation', due, tier: asked.tier, step, cause: hash, from, days };
    }),
  ];
};

/** What came to light late is to be settled whether the case is over or not. */
const ofTheLead = ({ obligations, lead }: Matter): readonly Possible[] =>
  obligations.map(({ cause, step, noted }) => ({
    ...{ kind: 'obligation', tier: lead.tier, step, cause },
    ...{ due: noted?.due, from: noted?.from, days: noted?.days },
  }));

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
    case 'obligation':
      return undefined;
  }
};
