import type { Delivered } from './delivered.ts';
import { type Leadership, succession } from './leadership.ts';
import type { OrderRules } from './order-rules.ts';

/**
 * The spine events that stand, in the order (term, key), and the last of the
 * current term. From the highest term down: the first event of each term leaves
 * behind what it had not seen of the terms below.
 */
export const liveSpine = (
  events: readonly Delivered[],
  current: Leadership | undefined,
  rules: OrderRules,
): { readonly live: readonly Delivered[]; readonly last: Delivered | undefined } => {
  const line = succession(current);
  const claims = claimsBy(line, events, rules);
  const terms: (readonly Delivered[])[] = [];
  let first: Delivered | undefined;
  for (const leadership of line) {
    const fence = first;
    const live = (claims.get(rules.lineage(leadership)) ?? [])
      .filter((event) => fence === undefined || !rules.fenced(event, fence))
      .sort((a, b) => rules.compareKeys(a.entry, b.entry));
    first = live[0] ?? first;
    terms.unshift(live);
  }
  return { live: terms.flat(), last: terms.at(-1)?.at(-1) };
};

/** The lawful spine events by the leadership they are of, without transfers and takeovers that came to nothing. */
const claimsBy = (
  line: readonly Leadership[],
  events: readonly Delivered[],
  rules: OrderRules,
): ReadonlyMap<string | undefined, readonly Delivered[]> => {
  const successful = new Set(line.map(rules.lineage));
  const lawful = events.filter(
    ({ verdict: { lawful, opens } }) => lawful && (!opens || successful.has(rules.lineage(opens))),
  );
  return Map.groupBy(lawful, (event) => {
    const home = homeOf(event);
    return home && rules.lineage(home);
  });
};

/** The leadership an event was written under. A takeover already belongs to the term it opens, a transfer to the one it ends. */
export const homeOf = ({ entry, past, verdict }: Delivered): Leadership | undefined =>
  entry.spine?.kind === 'transferred' ? past : (verdict.opens ?? past);
