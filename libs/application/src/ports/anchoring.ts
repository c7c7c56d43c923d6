import type { CommitSeal, Envelope, EventHash, Result, Source } from '@liandong/kernel';

/** Why an event of another tier is not taken as that tier's word. */
export type AnchorRefusal = {
  readonly code: 'seal-forged' | 'not-in-the-seal' | 'service-not-entitled';
  readonly source: Source;
  readonly hash: EventHash;
};

/**
 * What makes a foreign event anchored: evidence that its author stands by it, which
 * the receiver has checked before the event may be anybody's parent here.
 */
export type Anchoring = {
  /**
   * Checks the evidence that came with one event. `type` is absent where the bytes could not be
   * read, `seq` where its author's ledger has judged it already.
   */
  readonly check: (event: {
    readonly source: Source;
    readonly hash: EventHash;
    readonly type?: string | undefined;
    readonly seal: CommitSeal;
    /** The leaf in its author's ledger. */
    readonly seq?: number | undefined;
  }) => Result<'anchored', AnchorRefusal>;
  /** Told of every event whose place in its author's ledger is proven: it may say whose seals count from there on. */
  readonly learn: (seq: number, envelope: Envelope) => void;
};
