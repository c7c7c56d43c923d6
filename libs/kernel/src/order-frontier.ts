import { type Delivered, sees } from './delivered.ts';
import { maxParents } from './event.ts';
import type { EventHash, TierCode } from './names.ts';
import type { Leadership } from './leadership.ts';
import type { Ordering } from './register-order.ts';

/** Where an author's next event attaches, and what its envelope must state. */
export type Frontier = {
  /** At most 64 heads; all of them where there are no more. */
  readonly parents: readonly EventHash[];
  readonly height: number;
  readonly sequence: number;
  /** The leadership in the causal past of these parents: its term is the one to state. */
  readonly leadership: Leadership | undefined;
};

/**
 * The place of the next event of an author who holds all of `order`. Heads with the
 * smallest keys come first; where there are too many, the one that follows the
 * author's own previous event and one that knows the current lead are kept in any case.
 */
export const frontierFor = (order: Ordering, tier: TierCode, epoch: number): Frontier => {
  const { graph, heads, current } = order;
  const author = graph.authors.get(`${tier}/${epoch}`);
  const own = author === undefined ? undefined : graph.chains[author]?.at(-1);
  const known = heads.flatMap((hash) => graph.delivered.get(hash) ?? []);
  const needed = [
    known.find((head) => own !== undefined && sees(head, own)),
    known.find((head) => head.after === current),
  ].filter((head) => head !== undefined);
  const parents = atMost(maxParents, known, new Set(needed));
  return {
    parents: parents.map(({ entry }) => entry.hash),
    height: 1 + Math.max(0, ...parents.map(({ entry }) => entry.height)),
    sequence: 1 + (own?.entry.sequence ?? 0),
    leadership: graph.rules.pastOf(parents, graph.rules.outranks),
  };
};

export const parentsFor = (order: Ordering, tier: TierCode, epoch: number): readonly EventHash[] =>
  frontierFor(order, tier, epoch).parents;

const atMost = (
  limit: number,
  heads: readonly Delivered[],
  needed: ReadonlySet<Delivered>,
): readonly Delivered[] => {
  if (heads.length <= limit) return heads;
  const others = heads.filter((head) => !needed.has(head)).slice(0, limit - needed.size);
  const chosen = new Set([...others, ...needed]);
  return heads.filter((head) => chosen.has(head));
};
