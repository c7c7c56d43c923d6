import { ok, type Result, type TierCode } from '@liandong/kernel';
import type { LegalDay, MoveDeadlines } from './commands.ts';
import { type Limit, runningLimits } from './deadlines.ts';
import type { MovedDeadline } from './facts.ts';
import type { CaseRefusal } from './refusals.ts';
import type { Instant } from './route.ts';
import { type Door, type Made, made, no, type Rule } from './rule.ts';
import type { Matter } from './state.ts';

/**
 * The limits of one tier that end elsewhere by the calendar that is known now. A limit that
 * still runs is never moved into the past: it then ends with the day on which that is said.
 */
export const movedDeadlines = (
  matter: Matter,
  tier: TierCode,
  at: Instant,
  legalDay: LegalDay,
): Result<readonly MovedDeadline[], CaseRefusal> => {
  const today = legalDay(at, 0);
  if (!today.ok) return today;
  const moved: MovedDeadline[] = [];
  for (const { kind, step, cause, due: before, from, days, tier: of } of runningLimits(matter)) {
    if (of !== tier || days === undefined) continue;
    const counted = legalDay(from, days);
    if (!counted.ok) return counted;
    const due = counted.value >= at ? counted.value : before < at ? before : today.value;
    const which = { ...(step !== undefined && { step }), ...(cause !== undefined && { cause }) };
    if (due !== before) moved.push({ kind, ...which, before, due });
  }
  return ok(moved);
};

export const moveDeadlines = (
  { calendar, reason }: MoveDeadlines,
  matter: Matter,
  { by, at, tier, legalDay }: Door,
): Made => {
  const moved = movedDeadlines(matter, tier, at, legalDay);
  if (!moved.ok) return moved;
  if (moved.value.length === 0) return no({ code: 'nothing-moved' });
  return made('deadlinesMoved', { by, calendar, reason, moved: moved.value });
};

/** A tier moves its own limits, and only from where they stand: what another act changed meanwhile stays. */
export const deadlinesMoved: Rule<'deadlinesMoved'> = (matter, { moved }, { tier }) => {
  let after = matter;
  for (const one of moved) {
    const limit = runningLimits(after).find((running) => running.tier === tier && isOf(one, running));
    if (limit !== undefined) after = endingAt(after, limit, one.due);
  }
  return after === matter ? no({ code: 'nothing-moved' }) : ok(after);
};

const isOf = ({ kind, step, cause, before }: MovedDeadline, limit: Limit): boolean =>
  kind === limit.kind && step === limit.step && cause === limit.cause && before === limit.due;

const endingAt = (matter: Matter, { kind, step, cause }: Limit, due: Instant): Matter => {
  const { clock, correction, tolerance, conclusion, steps } = matter;
  switch (kind) {
    case 'deemedAcceptance':
      return { ...matter, noticeDue: due };
    case 'correctionLapse':
      return { ...matter, correction: correction && { ...correction, due } };
    case 'toleranceLapse':
      return { ...matter, tolerance: tolerance && { ...tolerance, due } };
    case 'promisedDecision':
      return { ...matter, clock: clock && { ...clock, due: { ...clock.due, promised: due } } };
    case 'statutoryDecision':
      return { ...matter, clock: clock && { ...clock, due: { ...clock.due, statutory: due } } };
    case 'step': {
      const moved = Object.values(steps).filter((state) => state.step.id === step);
      return {
        ...matter,
        steps: { ...steps, ...Object.fromEntries(moved.map((state) => [state.step.id, { ...state, due }])) },
      };
    }
    case 'procedure':
      return { ...matter, procedures: matter.procedures.map(ending(cause, due)) };
    case 'consultation':
      return { ...matter, consultations: matter.consultations.map(ending(cause, due)) };
    case 'delivery':
      return { ...matter, conclusion: conclusion && { ...conclusion, deliveryDue: due } };
    case 'obligation':
      return {
        ...matter,
        obligations: matter.obligations.map((one) =>
          one.cause === cause ? { ...one, noted: one.noted && { ...one.noted, due } } : one,
        ),
      };
  }
};

const ending =
  (cause: Limit['cause'], due: Instant) =>
  <One extends { readonly hash: string }>(one: One): One =>
    one.hash === cause ? { ...one, due } : one;
