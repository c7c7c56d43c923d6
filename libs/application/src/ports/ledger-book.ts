import type { Hash, TileBytes, Tile } from '@liandong/ledger';
import type { EventHash } from '@liandong/kernel';
import type { Position } from './event-store.ts';

/** A head of the tier's own ledger with the log's signature, and no witness's yet. */
export type SignedLedgerHead = {
  readonly size: number;
  readonly root: Hash;
  /** The checkpoint as a signed note. */
  readonly note: Uint8Array;
};

/** The largest head that a quorum of witnesses has cosigned, with their signatures in the note. */
export type AnchoredLedgerHead = SignedLedgerHead & {
  /** When it became anchored, by the tier's own clock. */
  readonly at: string;
};

/** One leaf: its number, and where the event stands in the tier's store. */
export type LedgerEntry = {
  /** The leaf index, from 0. */
  readonly seq: number;
  readonly position: Position;
  readonly hash: EventHash;
};

/**
 * `already-sealed`: the event stands in the ledger under an earlier number, so this row is
 * a copy. `bytes-changed`: the bytes are not those of the hash, or say something else than
 * the columns beside them.
 */
export type UnsealedReason =
  'no-seal' | 'seal-forged' | 'not-in-the-seal' | 'service-not-entitled' | 'bytes-changed' | 'already-sealed';

/** An event of the store that the keeper would not seal, and why: it never leaves the tier. */
export type Unsealed = {
  readonly position: Position;
  readonly hash: EventHash;
  readonly reason: UnsealedReason;
  readonly at: string;
};

/** What one signing adds. `fence` is the token of the keeper's lease. */
export type LedgerBatch = {
  readonly fence: bigint;
  /** The size of the head this continues; the head stored must be just that. */
  readonly from: number;
  readonly entries: readonly LedgerEntry[];
  readonly tiles: readonly TileBytes[];
  readonly unsealed: readonly Unsealed[];
  readonly head: SignedLedgerHead;
  /** How far the store has been walked. */
  readonly through: Position;
};

/**
 * What a tier keeps of its own ledger beside the store. It can be made anew from the
 * store alone, with the same root. One keeper writes at a time.
 */
export interface LedgerBook {
  /** The last signed head, or `undefined` before the first signature. */
  head(): Promise<SignedLedgerHead | undefined>;
  /** The store position up to which everything is sealed or listed as unsealed. */
  place(): Promise<Position>;
  /**
   * Adds a batch, its tiles and the new head, all or nothing; they survive a crash once
   * it resolves. `false`, and nothing is written, if the fence is stale or the stored head
   * is not of size `from`: another keeper is at work, and what was signed must not go out.
   */
  extend(batch: LedgerBatch): Promise<boolean>;

  anchored(): Promise<AnchoredLedgerHead | undefined>;
  /**
   * Keeps a head with its quorum's cosignatures. Never goes back to a smaller one; one of
   * the same size takes the place of the last, but the first of a size is kept as well.
   */
  anchor(head: AnchoredLedgerHead): Promise<void>;
  /** The first head that anchored this leaf: its cosignatures bound the event's time from above. */
  anchorOver(seq: number): Promise<AnchoredLedgerHead | undefined>;

  /** A hash tile; an unfinished tile that has become finished is still served at its width. Never `entries`. */
  tile(tile: Tile): Promise<Uint8Array | undefined>;
  /** Entries by leaf index, `from` inclusive, `to` exclusive, in order. */
  entries(from: number, to: number): Promise<readonly LedgerEntry[]>;
  /** The entry of an event, or `undefined` while it is not sealed. */
  entryOf(hash: EventHash): Promise<LedgerEntry | undefined>;
  /** Which of these events are sealed. */
  sealedAmong(hashes: readonly EventHash[]): Promise<ReadonlySet<EventHash>>;
  /** Newest first. */
  unsealed(limit: number): Promise<readonly Unsealed[]>;
}
