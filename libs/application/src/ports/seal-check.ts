import type { CommitSeal, Envelope, EventHash, Result, Source } from '@liandong/kernel';

/** Why an event of another tier is not taken as that tier's word. */
export type SealRefusal = {
  readonly code: 'seal-forged' | 'not-in-the-seal' | 'service-not-entitled';
  readonly source: Source;
  readonly hash: EventHash;
};

/** Whether a service of an event's author, and one that may, stands by it. That it is in the ledger is proven apart. */
export type SealCheck = {
  /**
   * Checks the seal that came with one event. `type` is absent where the bytes could not be
   * read, `seq` where its author's ledger has judged it already.
   */
  readonly check: (event: {
    readonly source: Source;
    readonly hash: EventHash;
    readonly type?: string | undefined;
    readonly seal: CommitSeal;
    /** The leaf in its author's ledger. */
    readonly seq?: number | undefined;
    /** That ledger, where it is of a later epoch than the event. */
    readonly ledger?: Source | undefined;
  }) => Result<'sealed', SealRefusal>;
  /** Told of every event whose place in its author's ledger is proven: it may say whose seals count from there on. */
  readonly learn: (seq: number, envelope: Envelope, ledger?: Source) => void;
};
