import { type EventHash, fromHex, sameBytes, type Sha256 } from '@liandong/kernel';
import { growEdge, type Hash, rootOfEdge, type TileEdge } from '@liandong/ledger';
import type { LedgerTree } from './tree-of-book.ts';
import { type Judging, judgeEvents } from './judge-events.ts';
import type { EventStore } from '../ports/event-store.ts';

/** A head as a witness shows it, signed by the log itself. */
export type ShownRoot = { readonly size: number; readonly root: Hash };

/**
 * What the witnesses that answered know as the largest size of this ledger, and how many
 * witnesses there are. `shown` are the heads they prove it with; a size may come without one.
 */
export type AskLargestKnown = () => Promise<{
  readonly answers: readonly number[];
  readonly of: number;
  readonly shown?: readonly ShownRoot[];
}>;

export type GuardVerdict =
  /** `floor`: no head smaller than this is signed. */
  | { readonly verdict: 'may-sign'; readonly floor: number }
  | {
      readonly verdict: 'too-few-answers';
      readonly answers: number;
      readonly needed: number;
      readonly of: number;
    }
  | { readonly verdict: 'behind'; readonly stored: number; readonly known: number }
  /** The store holds enough, but not what a witness has seen: its tree of that size is another one. */
  | { readonly verdict: 'parted'; readonly size: number };

/**
 * How many witnesses must answer: so many that every quorum has one among them, whatever
 * head it cosigned. None where the ledger has no witnesses at all.
 */
export const answersNeeded = (of: number, quorum: number): number => (of === 0 ? 0 : of - quorum + 1);

const pageSize = 1_000;

/**
 * Asked before the first signature of every session. A store that was restored from a
 * backup, or a standby that had not received everything, would otherwise sign a second
 * history over sizes that are already witnessed; so would one that was written on since,
 * until it held as many events as before.
 */
export const askWitnesses = async (
  deps: Judging & { readonly store: Pick<EventStore, 'seals' | 'readAll'> },
  largestKnown: AskLargestKnown,
  quorum: number,
  tree: LedgerTree,
): Promise<GuardVerdict> => {
  const { answers, of, shown = [] } = await largestKnown();
  const needed = answersNeeded(of, quorum);
  if (answers.length < needed) return { verdict: 'too-few-answers', answers: answers.length, needed, of };

  const known = Math.max(0, ...answers);
  const agrees = rootsAlongTheWay(deps.sha256, tree.edge, shown);
  let { place } = tree;
  let stored = tree.edge.size;
  while (stored < known) {
    const page = await deps.store.readAll(place, pageSize);
    const end = page.at(-1);
    if (end === undefined) return { verdict: 'behind', stored, known };
    const { entries } = await judgeEvents(deps, page, stored);
    const parted = agrees(entries.map(({ hash }) => hash));
    if (parted !== undefined) return { verdict: 'parted', size: parted };
    stored += entries.length;
    place = end.position;
  }
  return { verdict: 'may-sign', floor: known };
};

/** Grows a tree leaf by leaf, and says at which of the sizes that were shown it has another root. */
export const rootsAlongTheWay = (sha256: Sha256, from: TileEdge, shown: readonly ShownRoot[]) => {
  const due = shown.filter(({ size }) => size > from.size).toSorted((a, b) => a.size - b.size);
  let edge = from;
  const grow = (hashes: readonly EventHash[]) => (edge = growEdge(sha256, edge, hashes.map(fromHex)).edge);
  return (hashes: readonly EventHash[]): number | undefined => {
    const through = edge.size + hashes.length;
    let rest = hashes;
    for (let next = due[0]; next !== undefined && next.size <= through; next = due[0]) {
      due.shift();
      const count = next.size - edge.size;
      grow(rest.slice(0, count));
      rest = rest.slice(count);
      if (!sameBytes(rootOfEdge(sha256, edge), next.root)) return next.size;
    }
    grow(rest);
    return undefined;
  };
};
