import {
  type Author,
  type CommitSeal,
  type Envelope,
  eventHash,
  type EventHash,
  maySeal,
  ok,
  refuse,
  type Result,
  type Sha256,
  sourceOf,
  type StreamName,
  verifyEnvelope,
} from '@liandong/kernel';
import type { EventStore, NewEvent } from '../ports/event-store.ts';
import type { LedgerBook } from '../ports/ledger-book.ts';
import { type AskLargestKnown, answersNeeded, rootsAlongTheWay, type ShownRoot } from './guard.ts';
import { judgeEvents } from './judge-events.ts';
import type { OwnKeys } from './own-keys.ts';
import { type LedgerTree, readTree } from './tree-of-book.ts';

/** An event of this tier that another one had received, with the leaf at which it was proven then. */
export type ReturnedEvent = {
  readonly seq: number;
  readonly bytes: Uint8Array;
  readonly seal: CommitSeal;
};

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

const mostOffered = 256 * 1024 * 1024;
const pageSize = 1_000;

export const recovery = (deps: RecoveryDeps): Recovery => {
  const { self, sha256 } = deps;
  const offered = new Map<number, ReturnedEvent[]>();
  let bytesOffered = 0;

  const offer: Recovery['offer'] = (events) => {
    for (const event of events) {
      const known = offered.get(event.seq) ?? [];
      const hash = eventHash(sha256, event.bytes);
      if (known.some(({ bytes }) => eventHash(sha256, bytes) === hash)) continue;
      bytesOffered += event.bytes.length;
      if (bytesOffered > mostOffered) return refuse<RecoveryRefusal>({ code: 'too-much-returned' });
      offered.set(event.seq, [...known, event]);
    }
    return ok(offered.size);
  };

  const recover: Recovery['recover'] = async () => {
    const events = new Map(offered);
    offered.clear();
    bytesOffered = 0;
    const tree = await readTree(sha256, deps.book);
    if (!tree.ok) return refuse<RecoveryRefusal>({ code: 'ledger-damaged' });
    const keys = await deps.keys();
    const stored = await storedBeyond(deps, keys, tree.value);
    const { edge } = tree.value;
    const first = edge.size + stored.length;
    const known = await knownNow(deps, first);
    if (!known.ok) return known;
    const { size, shown } = known.value;

    const lost: Returned[] = [];
    for (let seq = edge.size; seq < Math.max(size, first); seq++) {
      const hash = stored[seq - edge.size];
      const genuine = (events.get(seq) ?? []).flatMap((event) => genuineOf(sha256, self, keys, event));
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

type Returned = NewEvent & { readonly envelope: Envelope };

/** The event, if it is this tier's own and its service could seal it at that leaf. */
const genuineOf = (
  sha256: Sha256,
  self: Author,
  { verifySeal }: OwnKeys,
  { seq, bytes, seal }: ReturnedEvent,
): readonly Returned[] => {
  const envelope = verifyEnvelope(sha256, bytes);
  const source = sourceOf(self);
  if (!envelope.ok || envelope.value.source !== source) return [];
  const hash = eventHash(sha256, bytes);
  const sealed =
    seal.leaves.includes(hash) && maySeal(seal.service, envelope.value.type) && verifySeal(source, seal, seq);
  return sealed ? [{ envelope: envelope.value, bytes, hash, seal }] : [];
};

/** The leaves that the store holds and the keeper has not sealed. */
const storedBeyond = async (
  { self, store, book, sha256 }: RecoveryDeps,
  { verifySeal, sealed }: OwnKeys,
  tree: LedgerTree,
): Promise<readonly EventHash[]> => {
  const judging = { source: sourceOf(self), store, sealed: book, sha256, verifySeal, goesIn: sealed };
  const hashes: EventHash[] = [];
  for (let { place } = tree; ;) {
    const page = await store.readAll(place, pageSize);
    const end = page.at(-1);
    if (end === undefined) return hashes;
    const { entries } = await judgeEvents(judging, page, tree.edge.size + hashes.length);
    hashes.push(...entries.map(({ hash }) => hash));
    place = end.position;
  }
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

/** One after another, so that each gets the place it had. */
const storeAgain = async (
  store: Pick<EventStore, 'append' | 'read'>,
  events: readonly Returned[],
): Promise<void> => {
  const seen = new Map<StreamName, number>();
  for (const event of events) {
    const stream = event.envelope.subject;
    for (;;) {
      const revision = seen.get(stream) ?? (await store.read(stream)).length;
      const appended = await store.append(stream, revision, [event]);
      seen.delete(stream);
      if (appended.ok) {
        seen.set(stream, revision + 1);
        break;
      }
      if (appended.refusal.code === 'identity-taken')
        throw new Error(`another event stands in the place of ${event.hash}`);
    }
  }
};
