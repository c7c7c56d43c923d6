import type { Delivered, Delivery } from './delivered.ts';
import { compareTexts, type Entry } from './entry.ts';
import { judge } from './leadership.ts';
import type { EventHash } from './names.ts';
import type { OrderRules } from './order-rules.ts';

/** All that is known of a case, grown in place by `admit`. */
export type CausalGraph = {
  readonly rules: OrderRules;
  readonly delivery: Delivery;
  readonly known: Map<EventHash, Entry>;
  readonly delivered: Map<EventHash, Delivered>;
  /** By author, by sequence. */
  readonly chains: Delivered[][];
  readonly authors: Map<string, number>;
  /** Anchored events by author and sequence; more than one is a fork. */
  readonly rivals: Map<string, Entry[]>;
  readonly forks: Set<string>;
  readonly unanchored: Set<Entry>;
  /** Events that wait for a parent, by that parent. */
  readonly awaiting: Map<EventHash, Entry[]>;
  readonly heads: Set<Delivered>;
  opening: Entry | undefined;
};

export const emptyGraph = (rules: OrderRules, delivery: Delivery): CausalGraph => ({
  rules,
  delivery,
  known: new Map(),
  delivered: new Map(),
  chains: [],
  authors: new Map(),
  rivals: new Map(),
  forks: new Set(),
  unanchored: new Set(),
  awaiting: new Map(),
  heads: new Set(),
  opening: undefined,
});

/**
 * Takes entries in and returns what became deliverable, causes first. `overturned`
 * if they take the place of an event already delivered: the graph must then be built anew.
 */
export const admit = (
  graph: CausalGraph,
  entries: Iterable<Entry>,
): { readonly delivered: readonly Delivered[]; readonly overturned: boolean } => {
  const ready = takeIn(graph, entries);
  const overturned = ready.map((entry) => contest(graph, entry)).includes(true);
  if (overturned) return { delivered: [], overturned };

  const delivered: Delivered[] = [];
  for (let entry = ready.pop(); entry !== undefined; entry = ready.pop()) {
    const event = deliver(graph, entry);
    if (event === undefined) continue;
    delivered.push(event);
    for (const child of graph.awaiting.get(entry.hash) ?? []) ready.push(child);
    graph.awaiting.delete(entry.hash);
  }
  return { delivered, overturned };
};

/** The entries that are anchored and were not before. */
const takeIn = (graph: CausalGraph, entries: Iterable<Entry>): Entry[] => {
  for (const entry of entries) {
    if (graph.known.has(entry.hash)) continue;
    graph.known.set(entry.hash, entry);
    graph.unanchored.add(entry);
  }
  const ready = [...graph.unanchored].filter((entry) => graph.rules.anchored(entry, graph.delivery));
  for (const entry of ready) graph.unanchored.delete(entry);
  return ready;
};

/** Notes an event among those that claim its place; whether that unseats one already delivered. */
const contest = (graph: CausalGraph, entry: Entry): boolean => {
  const place = placeOf(entry);
  const rivals = graph.rivals.get(place);
  if (rivals) graph.forks.add(place);
  const claims = [...(rivals ?? []), entry];
  graph.rivals.set(place, claims);
  const unseated = claims.some(
    (claim) => graph.delivered.has(claim.hash) && !graph.rules.stands(claim, claims, graph.delivery),
  );
  return contestOpening(graph, entry) || unseated;
};

const contestOpening = (graph: CausalGraph, entry: Entry): boolean => {
  const opens = entry.spine?.kind === 'opened' && entry.parents.length === 0;
  if (!opens || !graph.rules.height(entry, 0) || !graph.rules.sequence(entry, 0)) return false;
  const rival = graph.opening;
  const order = rival && (graph.rules.compareKeys(rival, entry) || compareTexts(rival.hash, entry.hash));
  if (order !== undefined && order <= 0) return false;
  graph.opening = entry;
  return graph.delivery.root === undefined && rival !== undefined && graph.delivered.has(rival.hash);
};

const placeOf = ({ tier, epoch, sequence }: Entry): string => `${tier}/${epoch}/${sequence}`;

/** Delivers one event, or leaves it where the parent it lacks will find it. */
const deliver = (graph: CausalGraph, entry: Entry): Delivered | undefined => {
  const { rules, delivery } = graph;
  if (graph.delivered.has(entry.hash)) return undefined;
  const parents: Delivered[] = [];
  for (const hash of entry.parents) {
    const parent = graph.delivered.get(hash);
    if (parent === undefined) {
      const others = graph.awaiting.get(hash);
      if (others) others.push(entry);
      else graph.awaiting.set(hash, [entry]);
      return undefined;
    }
    parents.push(parent);
  }
  if (parents.length === 0 && !rules.root(entry, graph)) return undefined;
  if (!rules.stands(entry, graph.rivals.get(placeOf(entry)) ?? [], delivery)) return undefined;
  const tallest = parents.reduce((most, parent) => Math.max(most, parent.entry.height), 0);
  if (!rules.height(entry, tallest)) return undefined;
  const author = authorOf(graph, entry);
  const seen = mergeSeen(parents);
  if (!rules.sequence(entry, seen[author] ?? 0)) return undefined;
  return addTo(graph, { entry, author, seen, parents });
};

const authorOf = (graph: CausalGraph, { tier, epoch }: Entry): number => {
  const name = `${tier}/${epoch}`;
  const number = graph.authors.get(name) ?? graph.authors.size;
  graph.authors.set(name, number);
  graph.chains[number] ??= [];
  return number;
};

const mergeSeen = (parents: readonly Delivered[]): number[] =>
  Array.from({ length: Math.max(0, ...parents.map(({ seen }) => seen.length)) }, (_, author) =>
    Math.max(...parents.map(({ seen }) => seen[author] ?? 0)),
  );

const addTo = (
  graph: CausalGraph,
  {
    entry,
    author,
    seen,
    parents,
  }: Pick<Delivered, 'entry' | 'author'> & {
    readonly seen: number[];
    readonly parents: readonly Delivered[];
  },
): Delivered => {
  const { rules } = graph;
  while (seen.length < author) seen.push(0);
  seen[author] = entry.sequence;
  const past = rules.pastOf(parents, rules.outranks);
  const verdict = judge(entry, past, rules);
  const event: Delivered = { entry, author, seen, past, verdict, after: verdict.opens ?? past };
  graph.delivered.set(entry.hash, event);
  graph.chains[author]?.push(event);
  for (const parent of parents) graph.heads.delete(parent);
  graph.heads.add(event);
  return event;
};
