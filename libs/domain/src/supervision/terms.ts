import { ok, refuse, type Result, type TierCode } from '@liandong/kernel';
import { type Clock, type CountRefusal, millisecondsOf, type WorkingTime } from './clock.ts';
import type { LimitKind } from './codes.ts';
import { type AdoptedPack, defaultDays, packOn } from './rule-pack.ts';

/** Everything but the facts that a judgement depends on. */
export type Terms = {
  readonly time: WorkingTime;
  /** Which publication of the working days this is. */
  readonly calendar: string;
  /** By the day from which they apply. */
  readonly adopted: readonly AdoptedPack[];
  /** When the doors of a tier's centre next stand open; asked only where a pack counts by office hours. */
  readonly nextOpening: (tier: TierCode, instant: number) => Result<number, CountRefusal>;
};

/** Why something cannot be judged. It waits with this reason, and somebody is told; it is never passed over. */
export type TermsRefusal = CountRefusal | { readonly code: 'rules-not-adopted'; readonly date: string };

/** The rules for something that began at an instant. */
export const rulesAt = ({ time, adopted }: Terms, instant: number): Result<AdoptedPack, TermsRefusal> => {
  const date = time.dateOf(instant);
  const rules = packOn(adopted, date);
  return rules === undefined ? refuse({ code: 'rules-not-adopted', date }) : ok(rules);
};

/** From when a clock counts: its receipt, or when the doors next opened, by its rules. */
export const countsFrom = (
  { time, nextOpening }: Terms,
  { pack }: AdoptedPack,
  clock: Clock,
): Result<number, CountRefusal> => {
  const received = millisecondsOf(clock.from);
  const open = pack.receipt === 'anyTime' ? ok(received) : nextOpening(clock.unit.tier, received);
  return open.ok ? time.after(open.value, 0) : open;
};

/** The working days a clock has, extensions included; `undefined` where neither facts nor rules limit it. */
export const daysOf = (
  { time }: Terms,
  { pack }: AdoptedPack,
  { kind, days, extensions, from }: Clock,
  limit: LimitKind,
): number | undefined => {
  const date = time.dateOf(millisecondsOf(from));
  const basic = days[limit] ?? defaultDays(pack, kind, limit, date);
  if (basic === undefined) return undefined;
  return extensions.reduce(
    (sum, { days: added }) => sum + (added ?? defaultDays(pack, kind, 'extension', date) ?? 0),
    basic,
  );
};
