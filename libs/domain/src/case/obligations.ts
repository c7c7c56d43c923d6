import { ok } from '@liandong/kernel';
import type { NoteObligation, SettleObligation } from './commands.ts';
import { type Door, type Made, made, no, own, type Rule, saysSomething, statusOf } from './rule.ts';
import type { Matter, Obligation, StepState } from './state.ts';

const find = (matter: Matter, cause: string): Obligation | undefined =>
  matter.obligations.find((obligation) => obligation.cause === cause);

/** No law limits it; it is what the counter itself has for an answer. */
export const obligationDays = 5;

export const noteObligation = ({ cause }: NoteObligation, { by, at, legalDay }: Door): Made => {
  const due = legalDay(at, obligationDays);
  return due.ok ? made('obligationNoted', { by, cause, days: obligationDays, due: due.value }) : due;
};

/** From now on its limit runs, once. */
export const obligationNoted: Rule<'obligationNoted'> = (matter, { cause, days, due }, { at, hash }) => {
  const obligation = find(matter, cause);
  if (obligation === undefined) return no({ code: 'obligation-unknown', cause });
  if (obligation.noted !== undefined) return no({ code: 'obligation-noted', cause });
  const noted = { ...obligation, noted: { hash, from: at, days, due } };
  return ok({
    ...matter,
    obligations: matter.obligations.map((one) => (one === obligation ? noted : one)),
  });
};

export const settleObligation = (
  { cause, outcome, reasons }: SettleObligation,
  matter: Matter,
  { by, at, legalDay }: Door,
): Made => {
  if (!saysSomething(reasons)) return no({ code: 'reasons-missing' });
  const data = { by, cause, outcome, reasonsGiven: true } as const;
  const obligation = find(matter, cause);
  const days = obligation === undefined ? 0 : reopenedDays(matter, obligation);
  if (outcome === 'upheld' || days === 0) return made('obligationSettled', data, { reasons });
  const due = legalDay(at, days);
  return due.ok ? made('obligationSettled', { ...data, due: due.value }, { reasons }) : due;
};

/** How long what is reopened may take; 0 for a step without a limit. */
const reopenedDays = ({ opening, steps, status, tolerance }: Matter, { step }: Obligation): number => {
  if (step !== undefined) return own(steps, step)?.step.days ?? 0;
  if (status === 'rejected') return opening.limits.noticeDays;
  return tolerance?.days ?? opening.limits.correctionDays;
};

/** The lead upholds what stood when the fact came to light, or reopens it. Nothing flips by itself. */
export const obligationSettled: Rule<'obligationSettled'> = (matter, { cause, outcome, due }, { at }) => {
  const obligation = find(matter, cause);
  if (obligation === undefined) return no({ code: 'obligation-unknown', cause });
  const rest = matter.obligations.filter((one) => one !== obligation);
  if (outcome === 'upheld') return ok({ ...matter, obligations: rest });
  if (!mayReopen(matter)) return no({ code: 'cannot-reopen', found: statusOf(matter) });

  const again = { ...reopened(matter, due, at, reopenedDays(matter, obligation)), obligations: rest };
  const step = obligation.step === undefined ? undefined : own(matter.steps, obligation.step);
  if (step === undefined) return ok(again);
  const round: StepState = { ...step, round: step.round + 1, from: at, due, addedBefore: step.added };
  return ok({ ...again, steps: { ...matter.steps, [step.step.id]: round } });
};

/** What was delivered, withdrawn or voided stays so: changing it is a further case. */
const mayReopen = ({ status, closing }: Matter): boolean =>
  status === 'preAccepted' ||
  status === 'accepted' ||
  status === 'inReview' ||
  status === 'concluded' ||
  status === 'rejected' ||
  (status === 'closed' && closing === '5');

const reopened = (matter: Matter, due: string | undefined, from: string, days: number): Matter => {
  const { status, tolerance, correction } = matter;
  if (status === 'rejected') return { ...matter, status: 'preAccepted', noticeDue: due, noticeFrom: from };
  if (status !== 'concluded' && status !== 'closed') return matter;
  return {
    ...matter,
    status: statusBefore(matter),
    conclusion: undefined,
    closing: undefined,
    tolerance: tolerance && (due === undefined ? tolerance : { ...tolerance, due, from, days }),
    correction: correction && (due === undefined ? correction : { ...correction, due, from, days }),
  };
};

const statusBefore = ({ acceptedAt, stages }: Matter): 'preAccepted' | 'accepted' | 'inReview' => {
  if (acceptedAt === undefined) return 'preAccepted';
  return stages.length > 0 ? 'inReview' : 'accepted';
};
