import { ok, type Result } from '@liandong/kernel';
import type { LegalDay } from './commands.ts';
import type { DecisionDue } from './facts.ts';
import type { CaseRefusal } from './refusals.ts';
import type { Instant, Limits, ResolvedStep } from './route.ts';
import { later } from './rule.ts';
import type { DecisionClock, Matter, StepState } from './state.ts';

/** When a decision is due that counts from an instant, with working days added to both limits. */
export const decisionDueFrom = (
  legalDay: LegalDay,
  from: Instant,
  { promisedDays, statutoryDays }: Limits,
  added = 0,
): Result<DecisionDue, CaseRefusal> => {
  const promised = promisedDays === undefined ? undefined : legalDay(from, promisedDays + added);
  if (promised?.ok === false) return promised;
  const statutory = statutoryDays === undefined ? undefined : legalDay(from, statutoryDays + added);
  if (statutory?.ok === false) return statutory;
  return ok({
    ...(promised && { promised: promised.value }),
    ...(statutory && { statutory: statutory.value }),
  });
};

export const startedClock = (from: Instant, due: DecisionDue): DecisionClock => ({
  from,
  added: 0,
  due,
  extended: false,
});

/** Two tiers may add days without knowing of each other: the later end stands. */
export const laterDue = (a: DecisionDue, b: DecisionDue): DecisionDue => {
  const promised = later(a.promised, b.promised);
  const statutory = later(a.statutory, b.statutory);
  return { ...(promised && { promised }), ...(statutory && { statutory }) };
};

/** Working days added so far: of the whole case, and of the step that was delayed most. */
export const addedDays = ({ clock, steps }: Pick<Matter, 'clock' | 'steps'>): number =>
  (clock?.added ?? 0) + Math.max(0, ...Object.values(steps).map(({ added }) => added));

/** The working days that the present pass of a step has. */
export const stepDays = ({ step, added, addedBefore }: StepState): number => step.days + added - addedBefore;

type StepDue = { readonly step: string; readonly due: Instant };

/** When steps are due whose limits start at an instant; a step without a limit is never due. */
export const stepDues = (
  legalDay: LegalDay,
  from: Instant,
  steps: readonly ResolvedStep[],
): Result<readonly StepDue[], CaseRefusal> => {
  const dues: StepDue[] = [];
  for (const { id, days } of steps.filter(({ days }) => days > 0)) {
    const due = legalDay(from, days);
    if (!due.ok) return due;
    dues.push({ step: id, due: due.value });
  }
  return ok(dues);
};

/** The limit that applies once days are added, to the step a fact names and to the case. */
export const duesWith = (
  legalDay: LegalDay,
  matter: Matter,
  step: StepState | undefined,
  days: number,
): Result<{ readonly decisionDue: DecisionDue; readonly stepDue?: Instant }, CaseRefusal> => {
  const grown =
    step === undefined
      ? { ...matter, clock: matter.clock && { ...matter.clock, added: matter.clock.added + days } }
      : { ...matter, steps: { ...matter.steps, [step.step.id]: { ...step, added: step.added + days } } };
  const { clock, opening } = matter;
  const decisionDue =
    clock === undefined ? ok({}) : decisionDueFrom(legalDay, clock.from, opening.limits, addedDays(grown));
  if (!decisionDue.ok) return decisionDue;
  if (step?.from === undefined) return ok({ decisionDue: decisionDue.value });
  const stepDue = legalDay(step.from, stepDays(step) + days);
  return stepDue.ok ? ok({ decisionDue: decisionDue.value, stepDue: stepDue.value }) : stepDue;
};

/** The matter once days are added: the fact says when everything is due then. */
export const withDaysAdded = (
  matter: Matter,
  step: StepState | undefined,
  days: number,
  { decisionDue, stepDue }: { readonly decisionDue: DecisionDue; readonly stepDue?: Instant },
): Matter => {
  const clock = matter.clock && {
    ...matter.clock,
    due: laterDue(matter.clock.due, decisionDue),
    added: matter.clock.added + (step === undefined ? days : 0),
  };
  if (step === undefined) return { ...matter, clock };
  const grown = { ...step, due: later(step.due, stepDue), added: step.added + days };
  return { ...matter, clock, steps: { ...matter.steps, [step.step.id]: grown } };
};
