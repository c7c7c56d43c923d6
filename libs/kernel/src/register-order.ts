import { fromHex, type Sha256, toHex } from './bytes.ts';
import { admit, type CausalGraph, emptyGraph } from './deliverable.ts';
import type { Delivered, Delivery } from './delivered.ts';
import type { Entry, Placed } from './entry.ts';
import type { EventHash } from './names.ts';
import { type Leadership, merge } from './leadership.ts';
import { type OrderRules, orderRules } from './order-rules.ts';
import { liveSpine } from './spine.ts';

/** The official order of a case: the register, then the tail of what is known and not yet registered. */
export type Ordering = {
  /** Every deliverable event once, causes before effects. */
  readonly placed: readonly Placed[];
  /** How many of `placed`, from the first, are registered. */
  readonly registered: number;
  /** Who leads for someone who has seen all of it; `undefined` before the opening is deliverable. */
  readonly current: Leadership | undefined;
  /** The events that nothing follows, by key: at most one per author. */
  readonly heads: readonly EventHash[];
  /** What `extend` continues from. */
  readonly graph: CausalGraph;
  readonly standing: Standing;
};

/** Where everything stands; grown in place by `extend`. */
export type Standing = {
  readonly placed: Placed[];
  registered: number;
  /** By author: how many events have a place. */
  readonly placedOf: number[];
  /** The last live spine event of the current term, if there is one. */
  last: Delivered | undefined;
};

/** The order of a set of events. It depends on the set alone, not on how or when its members arrived. */
export const registerOrder = (entries: Iterable<Entry>, delivery: Delivery = {}): Ordering =>
  orderUnder(orderRules, entries, delivery);

export const orderUnder = (rules: OrderRules, entries: Iterable<Entry>, delivery: Delivery): Ordering => {
  const graph = emptyGraph(rules, delivery);
  admit(graph, entries);
  const current = leadershipOf(graph);
  return orderingOf(graph, current, place(graph, current));
};

/** SHA-256 over the event hashes of the register, in hex: equal digests, equal registers. */
export const caseDigest = (sha256: Sha256, { placed, registered }: Ordering): string => {
  const hashes = new Uint8Array(32 * registered);
  placed.slice(0, registered).forEach(({ entry }, n) => hashes.set(fromHex(entry.hash), 32 * n));
  return toHex(sha256(hashes));
};

/** The events that share author and sequence with another: evidence against their author. */
export const selfForks = ({ graph }: Ordering): readonly (readonly Entry[])[] =>
  [...graph.forks].map((place) => graph.rivals.get(place) ?? []);

/** What is known and not deliverable: not anchored, without its parents, or false in itself. */
export const undeliverable = ({ graph }: Ordering): readonly Entry[] =>
  [...graph.known.values()].filter(({ hash }) => !graph.delivered.has(hash));

export const orderingOf = (
  graph: CausalGraph,
  current: Leadership | undefined,
  standing: Standing,
): Ordering => ({
  placed: standing.placed,
  registered: standing.registered,
  current,
  heads: byKey(graph.rules, graph.heads).map(({ entry }) => entry.hash),
  graph,
  standing,
});

export const leadershipOf = ({ heads, rules }: CausalGraph): Leadership | undefined =>
  merge(
    [...heads].map(({ after }) => after),
    rules.outranks,
  );

/** Places everything from nothing: for each live spine event what it has seen, then the rest. */
export const place = (graph: CausalGraph, current: Leadership | undefined): Standing => {
  const { chains, rules } = graph;
  const { live, last } = liveSpine(chains.flat(), current, rules);
  const standing: Standing = { placed: [], registered: 0, placedOf: [], last };
  const alive = new Set(live);
  const put = (upTo: readonly number[]) => {
    for (const event of byKey(rules, unplaced(graph, standing, upTo)))
      standing.placed.push(placedAs(event, event.entry.spine !== undefined && !alive.has(event)));
    upTo.forEach((sequence, author) => {
      standing.placedOf[author] = Math.max(standing.placedOf[author] ?? 0, sequence);
    });
  };
  for (const event of live) put(rules.files(event));
  standing.registered = standing.placed.length;
  put(chains.map(({ length }) => length));
  return standing;
};

/** The events up to these numbers in their authors' chains that have no place yet. */
const unplaced = (
  { chains }: CausalGraph,
  { placedOf }: Standing,
  upTo: readonly number[],
): readonly Delivered[] =>
  upTo.flatMap((sequence, author) => chains[author]?.slice(placedOf[author] ?? 0, sequence) ?? []);

export const byKey = (rules: OrderRules, events: Iterable<Delivered>): readonly Delivered[] =>
  [...events].sort((a, b) => rules.compareKeys(a.entry, b.entry));

export const placedAs = ({ entry, past }: Delivered, superseded: boolean): Placed => ({
  entry,
  leadThen: past?.lead,
  superseded,
});
