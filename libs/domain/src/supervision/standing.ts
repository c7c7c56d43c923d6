import { ok, type Result } from '@liandong/kernel';
import { countReached } from './agenda.ts';
import { type Clock, fullDay, instantOf, millisecondsOf, restsOf, runUntil } from './clock.ts';
import type { LimitKind } from './codes.ts';
import type { Instant } from './facts.ts';
import { overviewTerms } from './overview-terms.ts';
import { type AdoptedPack, firstOver, inForceOn } from './rule-pack.ts';
import { countsFrom, daysOf, rulesAt, type Terms, type TermsRefusal } from './terms.ts';

/** How a clock stands against its limits: everything that time alone will change about it, found at once. */
export type Standing = {
  readonly promisedDays?: number;
  readonly statutoryDays?: number;
  readonly soonAt?: Instant;
  /** The first instant beyond the promised limit; absent while the clock stands still before it. */
  readonly overPromisedAt?: Instant;
  readonly overStatutoryAt?: Instant;
  /** How long it ran, in tenths of a working day, once it has stopped. */
  readonly ranTenths?: number;
};

/**
 * Takes the standing of clocks under the same terms. A clock that no fact touched since
 * is the same value and is not reckoned again.
 */
export const standingUnder = (terms: Terms): ((clock: Clock) => Result<Standing, TermsRefusal>) => {
  const reckoned = new WeakMap<Clock, Result<Standing, TermsRefusal>>();
  return (clock) => {
    const known = reckoned.get(clock) ?? standingOf(terms, clock);
    reckoned.set(clock, known);
    return known;
  };
};

const standingOf = (terms: Terms, clock: Clock): Result<Standing, TermsRefusal> => {
  const rules = rulesAt(terms, millisecondsOf(clock.from));
  if (!rules.ok) return rules;
  const from = countsFrom(terms, rules.value, clock);
  if (!from.ok) return from;
  const reached = (count: number) => countReached(terms, rules.value, clock, from.value, count);
  const limits: Record<LimitKind, Limit> = { promised: {}, statutory: {} };
  for (const limit of ['promised', 'statutory'] as const) {
    const days = daysOf(terms, rules.value, clock, limit);
    if (days === undefined) continue;
    const over = reached(days + 1);
    if (!over.ok) return over;
    limits[limit] = { days, ...(over.value !== undefined && { overAt: instantOf(over.value) }) };
  }
  const { promised, statutory } = limits;
  const soon = soonestWarning(terms, rules.value, clock, promised.days ?? statutory.days, reached);
  if (!soon.ok) return soon;
  const ran = ranFor(terms, clock, from.value);
  if (!ran.ok) return ran;
  return ok({
    ...(promised.days !== undefined && { promisedDays: promised.days }),
    ...(statutory.days !== undefined && { statutoryDays: statutory.days }),
    ...(soon.value !== undefined && { soonAt: instantOf(soon.value) }),
    ...(promised.overAt !== undefined && { overPromisedAt: promised.overAt }),
    ...(statutory.overAt !== undefined && { overStatutoryAt: statutory.overAt }),
    ...(ran.value !== undefined && { ranTenths: ran.value }),
  });
};

type Limit = { readonly days?: number; readonly overAt?: Instant };
type Reached = (count: number) => ReturnType<typeof countReached>;

/** When a rule first warns before a limit is over; where none does, so many days before the limit. */
const soonestWarning = (
  terms: Terms,
  { pack, ...adopted }: AdoptedPack,
  clock: Clock,
  days: number | undefined,
  reached: Reached,
): ReturnType<Reached> => {
  const date = terms.time.dateOf(millisecondsOf(clock.from));
  const counts = pack.clockRules.flatMap((rule) => {
    if (rule.element !== clock.kind || rule.colour !== 'warning' || !inForceOn(rule, date)) return [];
    const limit = daysOf(terms, { pack, ...adopted }, clock, rule.limit);
    const over = firstOver(rule.over);
    return limit === undefined || over > 0 ? [] : [limit + over];
  });
  if (counts.length > 0) return reached(Math.min(...counts));
  return days === undefined ? ok(undefined) : reached(days - overviewTerms.dueSoonDays);
};

const ranFor = (
  { time }: Terms,
  { stopped, suspensions }: Clock,
  from: number,
): Result<number | undefined, TermsRefusal> => {
  if (stopped === undefined) return ok(undefined);
  const rests = restsOf(time, suspensions);
  if (!rests.ok) return rests;
  const ran = runUntil(time, from, rests.value, Math.max(from, millisecondsOf(stopped.at)));
  return ran.ok ? ok(Math.floor((ran.value * 10) / fullDay)) : ran;
};
