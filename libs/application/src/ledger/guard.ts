import type { LedgerTree } from './tree-of-book.ts';
import { type Judging, judgeEvents } from './judge-events.ts';
import type { EventStore } from '../ports/event-store.ts';

/** What the witnesses that answered know as the largest size of this ledger, and how many witnesses there are. */
export type AskLargestKnown = () => Promise<{ readonly answers: readonly number[]; readonly of: number }>;

export type GuardVerdict =
  /** `floor`: no head smaller than this is signed. */
  | { readonly verdict: 'may-sign'; readonly floor: number }
  | {
      readonly verdict: 'too-few-answers';
      readonly answers: number;
      readonly needed: number;
      readonly of: number;
    }
  | { readonly verdict: 'behind'; readonly stored: number; readonly known: number };

/**
 * How many witnesses must answer: so many that every quorum has one among them, whatever
 * head it cosigned. None where the ledger has no witnesses at all.
 */
export const answersNeeded = (of: number, quorum: number): number => (of === 0 ? 0 : of - quorum + 1);

const pageSize = 1_000;

/**
 * Asked before the first signature of every session. A store that was restored from a
 * backup, or a standby that had not received everything, would otherwise sign a second
 * history over sizes that are already witnessed.
 */
export const askWitnesses = async (
  deps: Judging & { readonly store: Pick<EventStore, 'seals' | 'readAll'> },
  largestKnown: AskLargestKnown,
  quorum: number,
  tree: LedgerTree,
): Promise<GuardVerdict> => {
  const { answers, of } = await largestKnown();
  const needed = answersNeeded(of, quorum);
  if (answers.length < needed) return { verdict: 'too-few-answers', answers: answers.length, needed, of };

  const known = Math.max(0, ...answers);
  let stored = tree.edge.size;
  for (let place = tree.place; stored < known;) {
    const page = await deps.store.readAll(place, pageSize);
    const end = page.at(-1);
    if (end === undefined) return { verdict: 'behind', stored, known };
    stored += (await judgeEvents(deps, page, stored)).entries.length;
    place = end.position;
  }
  return { verdict: 'may-sign', floor: known };
};
