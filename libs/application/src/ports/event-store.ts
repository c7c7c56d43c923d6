import type {
  Brand,
  CommitSeal,
  Disclosure,
  Envelope,
  EventHash,
  Result,
  Source,
  StreamName,
} from '@liandong/kernel';

/** A place in the log of all streams of one store. Opaque: a store may skip numbers, never reorder them. */
export type Position = Brand<bigint, 'Position'>;
export const start = 0n as Position;

/** An event ready to be stored: its bytes are made and final. */
export type NewEvent = {
  readonly envelope: Envelope;
  readonly bytes: Uint8Array;
  readonly hash: EventHash;
  /** The author's seal, for an event another tier wrote. Own events are sealed by the store as they commit. */
  readonly seal?: CommitSeal;
  /** Clear text of the event's digests; stored in the same commit, apart from the bytes. */
  readonly disclosures?: readonly Disclosure[];
};

/** A stored event. `bytes` are those its author made; parse them only where the content is needed. */
export type Recorded = {
  readonly position: Position;
  readonly stream: StreamName;
  /** 1 for the first event of its stream in this store; another tier's store may count differently. */
  readonly revision: number;
  readonly source: Source;
  readonly id: string;
  readonly type: string;
  readonly hash: EventHash;
  readonly bytes: Uint8Array;
};

export type KindsPage = { readonly events: readonly Recorded[]; readonly through: Position };

export type AppendRefusal =
  | { readonly code: 'stream-moved-on'; readonly stream: StreamName; readonly revision: number }
  | {
      readonly code: 'identity-taken';
      readonly source: Source;
      readonly id: string;
      readonly storedHash: EventHash;
    };

/**
 * A tier's event store: its own events and those it received. The only thing
 * written when a command is accepted; views, the exchange and audit follow it.
 */
export interface EventStore {
  /**
   * Appends all of `events` or none. `seen` is how many events of the stream the
   * caller has read (0 for a new stream); if there are more or fewer, nothing is
   * written. When it resolves with `ok`, the events, their disclosures and their
   * seal survive a crash.
   *
   * Idempotent by identity (`source`, `id`): if every event is already stored with
   * these very bytes, nothing is written and the first record of each is returned,
   * whatever `seen` says. The same identity with other bytes is refused, and so is a
   * call of which only a part is stored. When it throws, the outcome is unknown and
   * the same call may be made again.
   */
  append(
    stream: StreamName,
    seen: number,
    events: readonly NewEvent[],
  ): Promise<Result<readonly Recorded[], AppendRefusal>>;

  /** The events of one stream after a revision, oldest first; empty if there are none. */
  read(stream: StreamName, after?: number): Promise<readonly Recorded[]>;

  /** The event of that identity, or `undefined`. */
  find(source: Source, id: string): Promise<Recorded | undefined>;

  /**
   * Up to `limit` events after a position, oldest first. Once a reader has seen a
   * position, no event ever appears at or before it: a follower that keeps its last
   * position misses nothing.
   */
  readAll(after: Position, limit: number): Promise<readonly Recorded[]>;

  /**
   * Up to `limit` events after a position whose streams are of these kinds, which is what their
   * names begin with; oldest first. `through` is how far the store was looked through: no event of
   * these kinds beyond those returned ever appears at or before it. Fewer than `limit` are all there are.
   */
  readKinds(after: Position, limit: number, kinds: readonly string[]): Promise<KindsPage>;

  /**
   * Pages of events after a position, for ever: resolves the next page as soon as
   * there is one, whether or not a wake-up was lost. Ends when `signal` aborts; a
   * broken connection is taken up again from the last page.
   */
  follow(
    after: Position,
    options: { limit: number; signal: AbortSignal },
  ): AsyncIterable<readonly Recorded[]>;

  /** The seals of events, in the order asked; an event without one (inserted behind the store's back) gives `undefined`. */
  seals(events: readonly Recorded[]): Promise<readonly (CommitSeal | undefined)[]>;

  /** The disclosures still held for these digests; erased and never delivered ones are absent. */
  disclosures(digests: readonly string[]): Promise<readonly Disclosure[]>;
}
