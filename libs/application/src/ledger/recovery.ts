import { type Author, ok, refuse, type Result, type Sha256, sourceOf } from '@liandong/kernel';
import type { EventStore } from '../ports/event-store.ts';
import type { LedgerBook } from '../ports/ledger-book.ts';
import { type AskLargestKnown, answersNeeded, rootsAlongTheWay, type ShownRoot } from './guard.ts';
import type { EndedLedgers } from './judge-events.ts';
import type { OwnKeys } from './own-keys.ts';
import {
  genuineOf,
  offeredEvents,
  type Returned,
  type ReturnedEvent,
  storeAgain,
  storedBeyond,
} from './returned.ts';
import { readTree } from './tree-of-book.ts';

export type RecoveryRefusal =
  | { readonly code: 'ledger-damaged' }
  /** Too few witnesses say what they have seen. */
  | { readonly code: 'witnesses-silent'; readonly answers: number; readonly needed: number }
  | { readonly code: 'nothing-lost'; readonly stored: number }
  /** No witness shows a head of the size that is known, so nothing proves what belongs there. */
  | { readonly code: 'head-not-shown'; readonly known: number }
  /** The store was written on since it was restored: that leaf holds another event than it did. */
  | { readonly code: 'written-since'; readonly seq: number }
  /** Nobody gave back that leaf. */
  | {
      readonly code: 'events-not-returned';
      readonly missing: number;
      readonly stored: number;
      readonly known: number;
    }
  /** What was given back does not give the tree that a witness has seen. */
  | { readonly code: 'returned-differ'; readonly size: number }
  | { readonly code: 'too-much-returned' };

export type RecoveryDeps = {
  readonly self: Author;
  readonly store: Pick<EventStore, 'append' | 'read' | 'readAll' | 'seals'>;
  readonly book: Pick<LedgerBook, 'head' | 'place' | 'tile' | 'entries' | 'sealedAmong'>;
  readonly sha256: Sha256;
  /** The ledgers before this one. */
  readonly ended?: EndedLedgers | undefined;
  /** Whose seals were valid where, told anew for each recovery. */
  readonly keys: () => Promise<OwnKeys>;
  readonly largestKnown: AskLargestKnown;
  readonly quorum: number;
};

/**
 * Brings back what a restored store lacks, out of what other tiers had received. Nothing is
 * written before the whole gives the very tree that a witness has seen: then each event
 * stands again where it stood, and the same ledger goes on.
 */
export type Recovery = {
  /** Keeps what somebody gave back, until it is asked to recover. */
  readonly offer: (events: readonly ReturnedEvent[]) => Result<number, RecoveryRefusal>;
  /** Says how many events came back. What was offered is forgotten, whatever comes of it. */
  readonly recover: () => Promise<Result<number, RecoveryRefusal>>;
};

export const recovery = (deps: RecoveryDeps): Recovery => {
  const { self, sha256, ended } = deps;
  const { offer, take } = offeredEvents(sha256);

  const recover: Recovery['recover'] = async () => {
    const events = take();
    const tree = await readTree(sha256, deps.book);
    if (!tree.ok) return refuse<RecoveryRefusal>({ code: 'ledger-damaged' });
    const keys = await deps.keys();
    const stored = (await storedBeyond({ ...deps, source: sourceOf(self) }, keys, tree.value)).map(
      ({ hash }) => hash,
    );
    const { edge } = tree.value;
    const first = edge.size + stored.length;
    const known = await knownNow(deps, first);
    if (!known.ok) return known;
    const { size, shown } = known.value;

    const lost: Returned[] = [];
    for (let seq = edge.size; seq < Math.max(size, first); seq++) {
      const hash = stored[seq - edge.size];
      const genuine = (events.get(seq) ?? []).flatMap((event) =>
        genuineOf(sha256, { source: sourceOf(self), ended }, keys, event),
      );
      const [event] = genuine;
      if (hash !== undefined) {
        if (event !== undefined && genuine.every((each) => each.hash !== hash))
          return refuse<RecoveryRefusal>({ code: 'written-since', seq });
      } else if (event === undefined) {
        return refuse<RecoveryRefusal>({
          ...{ code: 'events-not-returned', missing: seq, stored: first, known: size },
        });
      } else {
        keys.sealed(seq, event.envelope);
        lost.push(event);
      }
    }
    const parted = rootsAlongTheWay(sha256, edge, shown)([...stored, ...lost.map(({ hash }) => hash)]);
    if (parted !== undefined)
      return refuse<RecoveryRefusal>(
        parted <= first
          ? { code: 'written-since', seq: parted - 1 }
          : { code: 'returned-differ', size: parted },
      );
    if (lost.length === 0) return refuse<RecoveryRefusal>({ code: 'nothing-lost', stored: first });
    await storeAgain(deps.store, lost);
    return ok(lost.length);
  };

  return { offer, recover };
};

type Known = { readonly size: number; readonly shown: readonly ShownRoot[] };

/** How far the witnesses have seen the ledger, with the heads that prove it. */
const knownNow = async (
  { largestKnown, quorum }: RecoveryDeps,
  stored: number,
): Promise<Result<Known, RecoveryRefusal>> => {
  const { answers, of, shown = [] } = await largestKnown();
  const needed = answersNeeded(of, quorum);
  if (answers.length < needed)
    return refuse<RecoveryRefusal>({ code: 'witnesses-silent', answers: answers.length, needed });
  const size = Math.max(0, ...answers);
  return size > stored && !shown.some((head) => head.size === size)
    ? refuse<RecoveryRefusal>({ code: 'head-not-shown', known: size })
    : ok({ size, shown });
};
