import {
  type CommitSeal,
  decodeEvent,
  type Envelope,
  eventHash,
  type EventHash,
  maySeal,
  type Sha256,
  type Source,
} from '@liandong/kernel';
import type { EventStore, Recorded } from '../ports/event-store.ts';
import type { LedgerBook, LedgerEntry, Unsealed, UnsealedReason } from '../ports/ledger-book.ts';

/** Whether a seal is genuine by a key that is valid at that place of the ledger. A `SealVerifier` knows no places. */
export type SealVerifierAt = (source: Source, seal: CommitSeal, seq: number) => boolean;

export type Judging = {
  /** The ledger: events of any other source are not its business, but for those of `ended`. */
  readonly source: Source;
  /** The ledgers of this tier that have ended. What the tier wrote in their time and none of them holds is sealed here. */
  readonly ended?: EndedLedgers | undefined;
  readonly store: Pick<EventStore, 'seals'>;
  readonly sealed: Pick<LedgerBook, 'sealedAmong'>;
  readonly sha256: Sha256;
  readonly verifySeal: SealVerifierAt;
  /** Told of each event that goes in, before the next one is judged: it may say who may seal from then on. */
  readonly goesIn?: ((seq: number, envelope: Envelope) => void) | undefined;
};

export type EndedLedgers = {
  readonly sources: readonly Source[];
  readonly sealed: Pick<LedgerBook, 'sealedAmong'>;
};

export type Judged = {
  readonly entries: readonly LedgerEntry[];
  readonly unsealed: readonly Omit<Unsealed, 'at'>[];
};

/**
 * Sorts a page of the store into what goes into the ledger, numbered from `seq` on, and
 * what never will. Nothing the store says of an event is believed: the bytes are hashed
 * anew, and author and type are read from them.
 */
export const judgeEvents = async (
  { source, ended, store, sealed, sha256, verifySeal, goesIn }: Judging,
  page: readonly Recorded[],
  seq: number,
): Promise<Judged> => {
  const own = await withoutEnded(
    { ended, sha256 },
    page.filter((recorded) => recorded.source === source || ended?.sources.includes(recorded.source)),
  );
  if (own.length === 0) return { entries: [], unsealed: [] };
  const hashes = own.map(({ bytes }) => eventHash(sha256, bytes));
  const [seals, before] = await Promise.all([store.seals(own), sealed.sealedAmong(hashes)]);

  const taken = new Set(before);
  const entries: LedgerEntry[] = [];
  const unsealed: Omit<Unsealed, 'at'>[] = [];
  const covers = sealedLeaves((of, seal) => verifySeal(of, seal, seq + entries.length));
  for (const [n, recorded] of own.entries()) {
    const { position } = recorded;
    const hash = hashes[n] ?? recorded.hash;
    const judged = hash === recorded.hash ? judge(recorded, seals[n], covers, taken) : 'bytes-changed';
    if (typeof judged === 'string') unsealed.push({ position, hash: recorded.hash, reason: judged });
    else {
      goesIn?.(seq + entries.length, judged);
      entries.push({ seq: seq + entries.length, position, hash });
      taken.add(hash);
    }
  }
  return { entries, unsealed };
};

/** Without the events that a ledger which has ended holds. */
const withoutEnded = async (
  { ended, sha256 }: Pick<Judging, 'ended' | 'sha256'>,
  own: readonly Recorded[],
): Promise<readonly Recorded[]> => {
  if (ended === undefined) return own;
  const earlier = own.filter(({ source }) => ended.sources.includes(source));
  if (earlier.length === 0) return own;
  const held = await ended.sealed.sealedAmong(earlier.map(({ bytes }) => eventHash(sha256, bytes)));
  return own.filter(
    ({ source, bytes }) => !ended.sources.includes(source) || !held.has(eventHash(sha256, bytes)),
  );
};

/** What the event says, or why it is not sealed. */
const judge = (
  recorded: Recorded,
  seal: CommitSeal | undefined,
  covers: (of: Source, seal: CommitSeal) => ReadonlySet<EventHash> | undefined,
  taken: ReadonlySet<EventHash>,
): UnsealedReason | Envelope => {
  if (seal === undefined) return 'no-seal';
  const leaves = covers(recorded.source, seal);
  if (leaves === undefined) return 'seal-forged';
  if (!leaves.has(recorded.hash)) return 'not-in-the-seal';
  const envelope = whatItSays(recorded);
  if (envelope === undefined) return 'bytes-changed';
  if (!maySeal(seal.service, envelope.type)) return 'service-not-entitled';
  return taken.has(recorded.hash) ? 'already-sealed' : envelope;
};

/** The event in the bytes, if the columns beside them say the same. */
export const whatItSays = ({ bytes, source, id, type, stream }: Recorded): Envelope | undefined => {
  try {
    const envelope = decodeEvent(bytes);
    const same =
      envelope.source === source &&
      envelope.id === id &&
      envelope.type === type &&
      envelope.subject === stream;
    return same ? envelope : undefined;
  } catch {
    return undefined;
  }
};

/** What each seal covers, or `undefined` for a forged one; a seal is checked once however many events it covers. */
const sealedLeaves = (genuine: (of: Source, seal: CommitSeal) => boolean) => {
  const known = new Map<CommitSeal, ReadonlySet<EventHash> | undefined>();
  return (of: Source, seal: CommitSeal): ReadonlySet<EventHash> | undefined => {
    if (!known.has(seal)) known.set(seal, genuine(of, seal) ? new Set(seal.leaves) : undefined);
    return known.get(seal);
  };
};
