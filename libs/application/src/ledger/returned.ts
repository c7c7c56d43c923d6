import {
  type CommitSeal,
  type Envelope,
  eventHash,
  maySeal,
  ok,
  refuse,
  type Result,
  type Sha256,
  type Source,
  type StreamName,
  verifyEnvelope,
} from '@liandong/kernel';
import type { EventStore, NewEvent, Recorded } from '../ports/event-store.ts';
import type { LedgerBook } from '../ports/ledger-book.ts';
import { type EndedLedgers, judgeEvents } from './judge-events.ts';
import type { OwnKeys } from './own-keys.ts';
import type { LedgerTree } from './tree-of-book.ts';

/** An event of this tier that another one had received, with the leaf at which it was proven then. */
export type ReturnedEvent = {
  readonly seq: number;
  readonly bytes: Uint8Array;
  readonly seal: CommitSeal;
};

const mostOffered = 256 * 1024 * 1024;
const pageSize = 1_000;

export type TooMuchReturned = { readonly code: 'too-much-returned' };

/** Keeps what somebody gives back, once each, until it is taken. */
export const offeredEvents = (sha256: Sha256) => {
  const offered = new Map<number, ReturnedEvent[]>();
  let bytesOffered = 0;
  return {
    /** Says of how many leaves there is something. */
    offer: (events: readonly ReturnedEvent[]): Result<number, TooMuchReturned> => {
      for (const event of events) {
        const known = offered.get(event.seq) ?? [];
        const hash = eventHash(sha256, event.bytes);
        if (known.some(({ bytes }) => eventHash(sha256, bytes) === hash)) continue;
        bytesOffered += event.bytes.length;
        if (bytesOffered > mostOffered) return refuse<TooMuchReturned>({ code: 'too-much-returned' });
        offered.set(event.seq, [...known, event]);
      }
      return ok(offered.size);
    },
    /** By leaf; what was offered is forgotten. */
    take: (): ReadonlyMap<number, readonly ReturnedEvent[]> => {
      const events = new Map(offered);
      offered.clear();
      bytesOffered = 0;
      return events;
    },
  };
};

export type Returned = NewEvent & { readonly envelope: Envelope };

/** The event, if it is this tier's own, of this epoch or carried into it, and its service could seal it at that leaf. */
export const genuineOf = (
  sha256: Sha256,
  { source, ended }: { readonly source: Source; readonly ended?: EndedLedgers | undefined },
  { verifySeal }: OwnKeys,
  { seq, bytes, seal }: ReturnedEvent,
): readonly Returned[] => {
  const verified = verifyEnvelope(sha256, bytes);
  if (!verified.ok) return [];
  const envelope = verified.value;
  const { source: of, type } = envelope;
  if (of !== source && ended?.sources.includes(of) !== true) return [];
  const hash = eventHash(sha256, bytes);
  const sealed = seal.leaves.includes(hash) && maySeal(seal.service, type) && verifySeal(of, seal, seq);
  return sealed ? [{ envelope, bytes, hash, seal }] : [];
};

/** The own events that the store holds and the keeper has not sealed, in the order in which it would. */
export const storedBeyond = async (
  deps: {
    readonly source: Source;
    readonly store: Pick<EventStore, 'readAll' | 'seals'>;
    readonly book: Pick<LedgerBook, 'sealedAmong'>;
    readonly sha256: Sha256;
    readonly ended?: EndedLedgers | undefined;
  },
  { verifySeal, sealed }: OwnKeys,
  tree: LedgerTree,
): Promise<readonly Recorded[]> => {
  const judging = { ...deps, sealed: deps.book, verifySeal, goesIn: sealed };
  const found: Recorded[] = [];
  for (let { place } = tree; ;) {
    const page = await deps.store.readAll(place, pageSize);
    const end = page.at(-1);
    if (end === undefined) return found;
    const { entries } = await judgeEvents(judging, page, tree.edge.size + found.length);
    const positions = new Set(entries.map(({ position }) => position));
    found.push(...page.filter(({ position }) => positions.has(position)));
    place = end.position;
  }
};

/** One after another, so that each gets the place it had. */
export const storeAgain = async (
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
