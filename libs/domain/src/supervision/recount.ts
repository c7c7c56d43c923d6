import { countAfter, millisecondsOf, restsOf, runUntil } from './clock.ts';
import type { Judgement } from './judgement.ts';
import type { Supervised } from './supervised.ts';
import { countsFrom, rulesAt, type Terms } from './terms.ts';

/**
 * The number of days that the facts and the terms at hand count for the clock of a card,
 * at the instant at which the card says its threshold was reached; `undefined` where
 * there is no such clock, or nobody can count it.
 */
export const daysCountedFor = (
  terms: Terms,
  { clocks }: Supervised,
  { cause, dueAt, reckoning }: Pick<Judgement, 'cause' | 'dueAt' | 'reckoning'>,
): number | undefined => {
  if (reckoning.kind !== 'clock') return undefined;
  const { event, step, round } = cause;
  const clock = clocks.find(
    (one) =>
      one.kind === reckoning.element && one.cause === event && one.step === step && one.round === round,
  );
  if (clock === undefined) return undefined;
  const rules = rulesAt(terms, millisecondsOf(clock.from));
  if (!rules.ok) return undefined;
  const from = countsFrom(terms, rules.value, clock);
  const rests = restsOf(terms.time, clock.suspensions);
  if (!from.ok || !rests.ok) return undefined;
  const run = runUntil(terms.time, from.value, rests.value, millisecondsOf(dueAt));
  return run.ok ? countAfter(rules.value.convention, run.value) : undefined;
};
