import { admit, type CausalGraph } from './deliverable.ts';
import type { Delivered, Delivery } from './delivered.ts';
import type { Entry, Placed } from './entry.ts';
import { merge } from './leadership.ts';
import { orderRules } from './order-rules.ts';
import {
  byKey,
  type Ordering,
  orderingOf,
  orderUnder,
  place,
  placedAs,
  type Standing,
} from './register-order.ts';
import { homeOf } from './spine.ts';

export const emptyOrder = (delivery: Delivery = {}): Ordering => orderUnder(orderRules, [], delivery);

export type Extended = {
  readonly order: Ordering;
  /** The first position that holds another event than before, or the same with another standing; the length if none does. */
  readonly firstChanged: number;
};

/**
 * Adds entries to an order; those it already has change nothing. The result is the
 * order of the whole set. The order given is used up: its arrays grow in place, so
 * it has one owner, and only the returned one may be read afterwards.
 *
 * An event that follows what is there costs O(log n). Late arrivals move what
 * stands behind them; a change of leadership or a fork places everything anew.
 */
export const extend = (order: Ordering, entries: Iterable<Entry>): Extended => {
  const { graph, standing } = order;
  const { rules } = graph;
  const { delivered, overturned } = admit(graph, entries);
  if (overturned) return replaced(order, orderUnder(rules, graph.known.values(), graph.delivery));

  const current = merge([order.current, ...delivered.map(({ after }) => after)], rules.outranks);
  const anew = () => replaced(order, orderingOf(graph, current, place(graph, current)));
  if (current !== order.current || delivered.length > standing.placed.length) return anew();

  const news = byKey(rules, delivered).map((event) => ({ event, move: moveFor(event, order) }));
  if (news.some(({ move }) => move === 'anew')) return anew();
  const change = watch(standing.placed);
  for (const { event, move } of news) {
    if (move === 'register') register(event, order, change);
    else note(event, order, change);
    standing.placedOf[event.author] = event.entry.sequence;
  }
  return { order: orderingOf(graph, current, standing), firstChanged: change.first() };
};

/** What a new event does while the leadership stays. It is nobody's ancestor yet, so no act of the past can file it. */
const moveFor = (event: Delivered, { graph, standing, current }: Ordering): 'tail' | 'register' | 'anew' => {
  if (!event.verdict.lawful) return 'tail';
  if (standing.last === undefined) return 'anew';
  if (homeOf(event) !== current) return 'tail';
  return graph.rules.compareKeys(standing.last.entry, event.entry) < 0 ? 'register' : 'anew';
};

/** Puts an event among those not registered. */
const note = (event: Delivered, { graph, standing }: Ordering, change: Change) => {
  const { placed, registered } = standing;
  let [from, to] = [registered, placed.length];
  const isAfter = (at: number) => {
    const other = placed[at];
    return other !== undefined && graph.rules.compareKeys(other.entry, event.entry) > 0;
  };
  if (!isAfter(to - 1)) from = to;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (isAfter(middle)) to = middle;
    else from = middle + 1;
  }
  change.from(from);
  placed.splice(from, 0, placedAs(event, event.entry.spine !== undefined));
};

/** Registers what an act of the current lead has seen, and the act; what it had not seen stays behind it. */
const register = (event: Delivered, { graph, standing }: Ordering, change: Change) => {
  const { placed } = standing;
  const files = graph.rules.files(event);
  const left = firstUnfiled(files, graph, standing);
  change.from(left);
  const tail = placed.splice(left);
  for (const other of tail) if (isFiled(other, files, graph)) placed.push(other);
  standing.registered = placed.push(placedAs(event, false));
  for (const other of tail) if (!isFiled(other, files, graph)) placed.push(other);
  standing.last = event;
};

/** Where the tail first holds an event that an act has not seen; the end if there is none, found at once if it saw everything. */
const firstUnfiled = (files: readonly number[], graph: CausalGraph, standing: Standing): number => {
  const { placed, placedOf, registered } = standing;
  if (placedOf.every((count, author) => count <= (files[author] ?? 0))) return placed.length;
  const left = placed.findIndex((other, at) => at >= registered && !isFiled(other, files, graph));
  return left < 0 ? placed.length : left;
};

const isFiled = ({ entry }: Placed, files: readonly number[], { delivered }: CausalGraph): boolean => {
  const author = delivered.get(entry.hash)?.author;
  return author !== undefined && entry.sequence <= (files[author] ?? 0);
};

const replaced = (before: Ordering, order: Ordering): Extended => ({
  order,
  firstChanged: firstDifference(before.placed, order.placed),
});

/** Remembers what stood from the first touched position on, and nothing of what stands before it. */
const watch = (placed: readonly Placed[]) => {
  let from = placed.length;
  let was: readonly Placed[] = [];
  return {
    /** To be called before anything at or behind this position moves. */
    from: (position: number) => {
      if (position >= from) return;
      was = [...placed.slice(position, from), ...was];
      from = position;
    },
    first: () => from + firstDifference(was, placed.slice(from)),
  };
};
type Change = ReturnType<typeof watch>;

const firstDifference = (was: readonly Placed[], is: readonly Placed[]): number => {
  const at = was.findIndex((old, n) => old.entry !== is[n]?.entry || old.superseded !== is[n].superseded);
  return at < 0 ? was.length : at;
};
