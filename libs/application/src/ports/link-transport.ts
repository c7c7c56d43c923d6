import type { CommitSeal, TierCode } from '@liandong/kernel';
import type { Hash } from '@liandong/ledger';
import { finalOutcomes } from './delivery-book.ts';
import type { Feed } from './link-book.ts';

export type Hello = {
  readonly kind: 'hello';
  readonly network: string;
  readonly tier: TierCode;
  readonly epoch: number;
  readonly protocol: number;
  readonly nonce: Uint8Array;
};

export type Signature = { readonly keyId: string; readonly signature: Uint8Array };

export type Proof = Signature & { readonly kind: 'proof' };

/** How far the sender holds feeds that reach it over this link; the first one opens the link, later ones ask again. */
export type Resume = {
  readonly kind: 'resume';
  readonly opening: boolean;
  readonly places: readonly { readonly feed: Feed; readonly after: number }[];
};

export type BlockEntry = { readonly seq: number; readonly bytes: Uint8Array; readonly seal: number };

/** Consecutive entries of one feed; `head` is the last number the sender holds, so that lag shows. */
export type Block = {
  readonly kind: 'block';
  readonly feed: Feed;
  readonly first: number;
  readonly head: number;
  readonly entries: readonly BlockEntry[];
  readonly seals: readonly CommitSeal[];
  /** Where the entries stand in their author's ledger. What comes without is refused. */
  readonly proofs?: BlockProofs | undefined;
};

/** The proofs of a block's entries, one for each in order. What several share travels once. */
export type BlockProofs = {
  /** Heads of the author's ledger, as signed notes. */
  readonly heads: readonly Uint8Array[];
  readonly hashes: readonly Hash[];
  /** Indices into `heads`, and into `hashes`, leaf first. */
  readonly entries: readonly { readonly head: number; readonly path: readonly number[] }[];
};

export type Receipt = { readonly number: number; readonly code: string };

/** The sender keeps everything of the feed up to `through`; receipts name what it did not plainly accept. */
export type Ack = {
  readonly kind: 'ack';
  readonly feed: Feed;
  readonly through: number;
  readonly receipts: readonly Receipt[];
};

/** What an author says about its feed to one destination, and about what it has received from there. */
export type HeartbeatStatement = {
  readonly feed: Feed;
  readonly head: number;
  /** Running digest over the feed's event hashes up to `head`, hex. */
  readonly digest: string;
  readonly received: number;
  /** Running digest over what was received, hex: what arrived is what was sent, in that order. */
  readonly receivedDigest: string;
  readonly waiting: number;
  readonly parked: number;
  readonly time: string;
  /**
   * The largest anchored head of the author's ledger, a signed note with its witnesses' newest
   * cosignatures. It covers every event that was given a number up to `head`. Absent until there is one.
   */
  readonly checkpoint?: Uint8Array | undefined;
};

export type Heartbeat = HeartbeatStatement & Signature & { readonly kind: 'heartbeat' };

export type Stop = { readonly kind: 'stop'; readonly code: string; readonly detail: string };

/**
 * Personal fields on their way from an author to a destination. A tier between passes it on
 * and keeps nothing: what is lost, its author sends again.
 */
export type Letter = {
  readonly kind: 'letter';
  readonly feed: Feed;
  /** The content, encrypted to the destination: a JWE in compact form. */
  readonly jwe: string;
};

/** `not-yet`: the destination lacks an event the field belongs to, or that entitles it. Everything else is final. */
export const letterOutcomes = ['not-yet', ...finalOutcomes] as const;
export type LetterOutcome = (typeof letterOutcomes)[number];

/** What became of each field of a letter. `feed` is the letter's. */
export type LetterReceiptStatement = {
  readonly feed: Feed;
  readonly outcomes: readonly { readonly digest: string; readonly code: LetterOutcome }[];
};

/** Signed by the destination, carried back to the author unchanged. */
export type LetterReceipt = LetterReceiptStatement & Signature & { readonly kind: 'letterReceipt' };

export type LinkFrame = Hello | Proof | Resume | Block | Ack | Heartbeat | Letter | LetterReceipt | Stop;

/** One open connection between two tiers. Says nothing yet about who the other side is. */
export interface LinkConnection {
  /**
   * The frames the other side sent, in its order. Read once. Ends when either side
   * closes; throws when the connection broke or a frame was malformed. While nobody
   * reads, the other side is held back.
   */
  readonly frames: AsyncIterable<LinkFrame>;
  /** Resolves once the transport has taken the frame and has room again; rejects when the connection is gone. */
  send(frame: LinkFrame): Promise<void>;
  /** Ends the connection at once. May be called twice. */
  close(): void;
}

/** Opens links towards a superior tier. Rejects when nobody answers or `signal` aborts. */
export type DialLink = (address: string, signal: AbortSignal) => Promise<LinkConnection>;
