import type { CommitSeal, EventHash, StreamName, TierCode } from '@liandong/kernel';
import type { Hash } from '@liandong/ledger';
import type { Position } from './event-store.ts';

/** Everything one author sends to one destination, numbered from 1 by the author. */
export type Feed = { readonly author: TierCode; readonly destination: TierCode };

/**
 * What this tier holds of a feed. Its own feeds: `head` is the last number given.
 * A feed to it or through it: `head` is the last number received.
 */
export type FeedState = Feed & {
  readonly head: number;
  /** Running digest over the event hashes up to `head`, hex; '' for an empty feed. */
  readonly digest: string;
  /** The last number the next hop acknowledged. */
  readonly acked: number;
  /** The last number the destination itself said it received. Own feeds only. */
  readonly delivered: number;
};

/** How far the relay has followed the store; `seq` counts the tier's own events that may leave and were numbered. */
export type RelayPlace = { readonly position: Position; readonly seq: number };

/** An event of the store as the relay saw it go by; `seq` is set for the tier's own once they may leave. */
export type KnownEvent = {
  readonly hash: EventHash;
  readonly stream: StreamName;
  readonly position: Position;
  readonly seq?: number | undefined;
};

/** One entry of an own feed: the event stands in the store at `position`. */
export type NumberedEntry = {
  readonly destination: TierCode;
  readonly number: number;
  readonly position: Position;
  readonly seq: number;
  /** Running digest over the feed's event hashes up to here, hex. */
  readonly digest: string;
};

export type RelayPage = {
  readonly after: RelayPlace;
  readonly through: RelayPlace;
  readonly known: readonly KnownEvent[];
  readonly audience: readonly { readonly stream: StreamName; readonly tier: TierCode }[];
  readonly numbered: readonly NumberedEntry[];
};

/** Where an event stands in its author's ledger: a head of the ledger, and the way from the event up to its root. */
export type EntryProof = {
  /** The head as a signed note, with its witnesses' cosignatures. */
  readonly head: Uint8Array;
  /** The siblings, leaf first. */
  readonly path: readonly Hash[];
};

/** The largest head of a ledger this tier has verified: signed by its log, witnessed by its quorum. */
export type BelievedHead = {
  readonly origin: string;
  readonly size: number;
  readonly root: Hash;
  readonly note: Uint8Array;
};

/** At this leaf of a ledger that instant had come, as the ledger itself says. */
export type TimeMark = { readonly origin: string; readonly seq: number; readonly at: string };

/** An event on its way, with what its author sent along. */
export type LinkEntry = {
  readonly number: number;
  readonly seq: number;
  readonly hash: EventHash;
  readonly bytes: Uint8Array;
  readonly seal: CommitSeal;
  /** Nothing is taken without one; what was kept before links carried proofs has none. */
  readonly proof?: EntryProof | undefined;
};

/**
 * A received event that is not in the store: `waiting` for parents, or `parked` for an operator to look at.
 * Its proof was verified when it came.
 */
export type HeldEntry = Omit<LinkEntry, 'proof'> & {
  readonly author: TierCode;
  readonly state: 'waiting' | 'parked';
  readonly reason: string;
  readonly stream?: string | undefined;
  readonly type?: string | undefined;
  readonly missing: readonly EventHash[];
  readonly since: string;
  readonly attempts: number;
};

/** Where an entry stands among those that are held. */
export type HeldPlace = Pick<HeldEntry, 'since' | 'author' | 'number'>;

export type Incident = {
  readonly code: string;
  readonly peer: TierCode;
  readonly feed?: Feed | undefined;
  readonly number?: number | undefined;
  readonly hash?: EventHash | undefined;
  readonly detail: string;
  /** The offending bytes, kept as evidence. */
  readonly bytes?: Uint8Array | undefined;
  readonly at: string;
};

/** What was received of an author's ledger: the leaf, and where the event stands in the store, if it does. */
export type ReceivedLeaf = {
  readonly number: number;
  readonly seq: number;
  readonly hash: EventHash;
  readonly position?: Position | undefined;
};

export type Reception = {
  readonly feed: Feed;
  /** The feed's head before and after. */
  readonly after: number;
  readonly through: number;
  readonly digest: string;
  readonly received: readonly {
    readonly number: number;
    readonly hash: EventHash;
    /** The leaf in its author's ledger. */
    readonly seq: number;
    /** Of which epoch that ledger is; absent where it is the one in which the author writes now. */
    readonly epoch?: number | undefined;
  }[];
  readonly held: readonly HeldEntry[];
  readonly incidents: readonly Incident[];
  /** Heads that were verified on the way. */
  readonly believed?: readonly BelievedHead[] | undefined;
  readonly marks?: readonly TimeMark[] | undefined;
};

export type HeldCount = { readonly author: TierCode; readonly waiting: number; readonly parked: number };

export type StoppedLink = {
  readonly peer: TierCode;
  readonly code: string;
  readonly detail: string;
  readonly at: string;
};

/**
 * What the exchange of one tier remembers apart from the store. Every method that
 * writes is one transaction and survives a crash once it resolves. One exchange
 * writes at a time; a write that does not continue from what is stored throws,
 * so that a second one cannot go unnoticed.
 */
export interface LinkBook {
  /**
   * In which epoch each author writes now. Where that is a later one than it was, the author's feeds begin
   * anew at number 1, and everything comes again: what was on its way is let go, what was received keeps
   * its leaves, what is held stays held. Throws for an epoch that is over.
   */
  begin(epochs: ReadonlyMap<TierCode, number>): Promise<void>;

  feeds(): Promise<readonly FeedState[]>;

  relayed(): Promise<RelayPlace>;
  /**
   * Saves a page with the relay's new place. Throws unless `after` is the stored place and each number its
   * feed's next. An event that was known without a `seq` may come again with it, and never loses it.
   */
  relay(page: RelayPage): Promise<void>;
  audiences(streams: readonly StreamName[]): Promise<ReadonlyMap<StreamName, readonly TierCode[]>>;
  /** The tier's own events in each of these streams, in commit order; a stream without any is left out. */
  ownEvents(streams: readonly StreamName[]): Promise<ReadonlyMap<StreamName, readonly KnownEvent[]>>;
  streamsOf(hashes: readonly EventHash[]): Promise<ReadonlyMap<EventHash, StreamName>>;

  /** Entries of an own feed after a number, in order. */
  numbered(destination: TierCode, after: number, limit: number): Promise<readonly NumberedEntry[]>;
  /** The next hop keeps everything up to `through`; a forwarded feed's entries up to there are let go. Never goes back. */
  acknowledge(feed: Feed, through: number): Promise<void>;
  /** The destination has received everything up to `through`. Never goes back. */
  deliver(feed: Feed, through: number): Promise<void>;

  /** Keeps entries on their way to another tier, and heads verified with them. Throws unless they continue the feed. */
  forward(feed: Feed, entries: readonly LinkEntry[], believed?: readonly BelievedHead[]): Promise<void>;
  /** Kept entries after a number, in order. Empty also when they were let go. */
  forwarded(feed: Feed, after: number, limit: number): Promise<readonly LinkEntry[]>;
  /** Forgets a forwarded feed beyond a number, so that it is asked for again from there. */
  rewind(feed: Feed, after: number): Promise<void>;

  /** Advances a feed to this tier. Throws unless it continues from `after`. */
  receive(reception: Reception): Promise<void>;
  /** The hashes received under these numbers, both ends included. */
  received(author: TierCode, first: number, last: number): Promise<ReadonlyMap<number, EventHash>>;

  /**
   * What was received of an author's ledger of one epoch from that leaf on, by leaf: an author that lost its
   * database asks for it. What came before leaves were remembered is left out.
   */
  receivedFrom(author: TierCode, epoch: number, seq: number, limit: number): Promise<readonly ReceivedLeaf[]>;
  /** The leaves of events of that author, of those that were received with one. */
  leavesOf(author: TierCode, hashes: readonly EventHash[]): Promise<ReadonlyMap<EventHash, number>>;

  /** Entries not in the store, oldest first: all, or those that stand behind a place. */
  held(state: HeldEntry['state'], limit: number, after?: HeldPlace): Promise<readonly HeldEntry[]>;
  heldAt(author: TierCode, number: number): Promise<HeldEntry | undefined>;
  /** Waiting entries that miss any of these. */
  waitingFor(hashes: readonly EventHash[]): Promise<readonly HeldEntry[]>;
  heldCounts(): Promise<readonly HeldCount[]>;
  /** Holds an entry anew: still waiting, or parked, or waiting again. */
  hold(entry: HeldEntry): Promise<void>;
  /** The entry has come into the store. */
  release(author: TierCode, number: number): Promise<void>;

  /** Remembers a head that was verified by itself. */
  believe(head: BelievedHead): Promise<void>;
  /** The largest head believed of each ledger. What is smaller than that never takes its place. */
  believedHeads(): Promise<readonly BelievedHead[]>;

  /** The last mark before each of these leaves, in the order asked for; `undefined` where there is none. */
  marksBefore(origin: string, seqs: readonly number[]): Promise<readonly (TimeMark | undefined)[]>;

  report(incident: Incident): Promise<void>;
  /** Newest first. */
  incidents(limit: number): Promise<readonly Incident[]>;

  stopLink(link: StoppedLink): Promise<void>;
  resumeLink(peer: TierCode): Promise<void>;
  stoppedLinks(): Promise<readonly StoppedLink[]>;
}

/** The right to be the tier's one exchange. `lost` aborts if the database takes it away. */
export type ExchangeLease = { readonly lost: AbortSignal; readonly release: () => Promise<void> };

/** Resolves `undefined` while another process holds the lease. */
export type AcquireLease = () => Promise<ExchangeLease | undefined>;
