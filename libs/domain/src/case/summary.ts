import type { Mandate, TierCode } from '@liandong/kernel';
import { type Deadline, dueDeadlines } from './deadlines.ts';
import type { CaseKind, ClosingResult, ItemReference, Opened, StepResult } from './facts.ts';
import { missingMaterials } from './materials.ts';
import type { CaseStatus } from './refusals.ts';
import { currentAnswer, type StepStatus, stepStatus } from './review.ts';
import type { Instant, StepKind } from './route.ts';
import { statusOf } from './rule.ts';
import type { CaseState, Conclusion, Handover, Matter, Obligation, Procedure, StepState } from './state.ts';

export type StepSummary = {
  readonly id: string;
  readonly name: string;
  readonly stage: string;
  readonly kind: StepKind;
  readonly organ: Mandate;
  readonly round: number;
  readonly status: StepStatus;
  readonly result: StepResult | undefined;
  readonly answeredAt: Instant | undefined;
  readonly due: Instant | undefined;
  readonly itemCode: string | undefined;
};

/** Without a limit until the lead was told of it. */
export type ObligationSummary = Pick<Obligation, 'kind' | 'cause' | 'step'> & {
  readonly due?: Instant;
};

/** A case as views show it. */
export type CaseSummary = {
  readonly status: CaseStatus;
  readonly number: Opened['number'];
  readonly item: ItemReference;
  readonly kind: CaseKind;
  readonly pilot: boolean;
  readonly intake: Opened['intake'];
  readonly lead: Mandate;
  readonly applicant: Opened['applicant'];
  readonly openedAt: Instant;
  readonly acceptedAt: Instant | undefined;
  /** The stage opened last. */
  readonly stage: string | undefined;
  readonly steps: readonly StepSummary[];
  readonly missing: readonly string[];
  /** Of the missing ones, those an unmet correction notice demands. */
  readonly demanded: readonly string[];
  readonly tolerated: readonly string[];
  readonly procedures: readonly Pick<Procedure, 'hash' | 'step' | 'ground' | 'due'>[];
  readonly obligations: readonly ObligationSummary[];
  readonly deadlines: readonly Deadline[];
  readonly conclusion: Conclusion | undefined;
  readonly closing: ClosingResult | undefined;
  readonly transfers: readonly Handover[];
  readonly takeovers: readonly Handover[];
  readonly audience: readonly TierCode[];
  readonly follows: Opened['follows'] | undefined;
  readonly withoutEffect: number;
  readonly needsUpgrade: boolean;
};

/** `undefined` until the case is opened. */
export const caseSummary = (state: CaseState): CaseSummary | undefined => {
  const { matter } = state;
  if (matter === undefined) return undefined;
  const { opening, lead, openedAt, acceptedAt, procedures, obligations, conclusion, closing } = matter;
  const { number, item, kind, pilot, intake, applicant, follows } = opening;
  const { transfers, takeovers, audience } = matter;
  const missing = missingMaterials(matter);
  return {
    ...{ status: statusOf(matter), number, item, kind, pilot, intake, lead, applicant, openedAt, acceptedAt },
    stage: matter.stages.at(-1),
    steps: Object.values(matter.steps).map((step) => stepSummary(matter, step)),
    missing,
    demanded: matter.correction?.unmet ?? [],
    tolerated: matter.tolerance === undefined ? [] : missing,
    procedures: procedures.map(({ hash, step, ground, due }) => ({ hash, step, ground, due })),
    obligations: obligations.map(({ kind: of, cause, step, noted }) => ({
      ...{ kind: of, cause, step, ...(noted && { due: noted.due }) },
    })),
    ...{ deadlines: dueDeadlines(state), conclusion, closing },
    ...{ transfers, takeovers, audience, follows },
    withoutEffect: state.withoutEffect.length,
    needsUpgrade: state.unread > 0,
  };
};

const stepSummary = (matter: Matter, state: StepState): StepSummary => {
  const { step, stage, organ, round, due } = state;
  const answer = currentAnswer(state);
  return {
    ...{ id: step.id, name: step.name, stage, kind: step.kind, organ, round, due },
    status: stepStatus(matter, state),
    result: answer?.result,
    answeredAt: answer?.at,
    itemCode: step.itemCode,
  };
};

/** How a case ended in the books of one tier: who passed it up has closed it as 轉報. */
export const closingFor = ({ matter }: CaseState, tier: TierCode): ClosingResult | undefined => {
  const passedUp = matter?.transfers.some(({ from }) => from.tier === tier) ?? false;
  return passedUp && matter?.lead.tier !== tier ? '4' : matter?.closing;
};
