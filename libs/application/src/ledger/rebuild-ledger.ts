import { type EventHash, fromHex } from '@liandong/kernel';
import { emptyEdge, growEdge, type Hash, rootOfEdge } from '@liandong/ledger';
import { type EventStore, type Position, start } from '../ports/event-store.ts';
import type { Unsealed } from '../ports/ledger-book.ts';
import { type Judging, judgeEvents } from './judge-events.ts';

export type Rebuilt = {
  readonly size: number;
  readonly root: Hash;
  readonly unsealed: readonly Omit<Unsealed, 'at'>[];
  readonly through: Position;
};

const pageSize = 1_000;

/**
 * The ledger again from the store alone, as the keeper would make it. `until` ends it at
 * a size, so that the root can be held against a head of that size.
 */
export const rebuildLedger = async (
  deps: Omit<Judging, 'sealed' | 'store'> & { readonly store: Pick<EventStore, 'seals' | 'readAll'> },
  until = Infinity,
): Promise<Rebuilt> => {
  const known = new Set<EventHash>();
  const sealed = {
    sealedAmong: async (hashes: readonly EventHash[]) => new Set(hashes.filter((hash) => known.has(hash))),
  };
  const unsealed: Omit<Unsealed, 'at'>[] = [];
  let edge = emptyEdge;
  let through: Position = start;
  while (edge.size < until) {
    const page = await deps.store.readAll(through, pageSize);
    const end = page.at(-1);
    if (end === undefined) break;
    const judged = await judgeEvents({ ...deps, sealed }, page, edge.size);
    const entries = judged.entries.slice(0, until - edge.size);
    for (const { hash } of entries) known.add(hash);
    unsealed.push(...judged.unsealed);
    edge = growEdge(
      deps.sha256,
      edge,
      entries.map(({ hash }) => fromHex(hash)),
    ).edge;
    through = end.position;
  }
  return { size: edge.size, root: rootOfEdge(deps.sha256, edge), unsealed, through };
};
