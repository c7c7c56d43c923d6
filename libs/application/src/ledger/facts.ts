import type { Fact, ServiceName } from '@liandong/kernel';

/** A head of a ledger as another ledger's event names it. */
export type NamedHead = {
  readonly origin: string;
  readonly size: number;
  /** The root, 64 hex digits. */
  readonly root: string;
};

/** A tier's store came back shorter than its ledger was seen: it writes on in a new ledger. */
export type EpochOpened = Fact<
  'liandong.ledger.epochOpened.v1',
  {
    readonly epoch: number;
    /** The ledger that ends. Its events beyond `cosigned` are facts, and neither spine nor chain predecessors. */
    readonly previous: {
      readonly origin: string;
      readonly epoch: number;
      /** How many leaves the store can still show. */
      readonly stored: number;
      /** The largest size that any witness knew. */
      readonly known: number;
      /** The largest head a quorum had cosigned; absent if there was none. */
      readonly cosigned?: NamedHead;
    };
    readonly reason: string;
  }
>;

/** Heads of other ledgers that were seen, with a quorum's cosignatures, before this event was sealed. */
export type LedgerAnchored = Fact<
  'liandong.ledger.anchored.v1',
  {
    readonly checkpoints: readonly (NamedHead & {
      /** An instant that had certainly come when the head was cosigned. */
      readonly time: string;
    })[];
  }
>;

/** What a key signs: checkpoints (`log`), cosignatures (`witness`), or a service's commit batches. */
export type KeyPurpose = 'log' | 'witness' | ServiceName;

export type NamedKey = {
  readonly purpose: KeyPurpose;
  readonly keyId: string;
  /** The raw public key, base64. */
  readonly publicKey: string;
};

/** From the next leaf on the new key is valid, and the one it replaces no longer. */
export type KeyRotated = Fact<
  'liandong.ledger.keyRotated.v1',
  { readonly key: NamedKey; readonly replaces: string }
>;

/** From the next leaf on the key is not valid. What was anchored under it before stands. */
export type KeyRevoked = Fact<
  'liandong.ledger.keyRevoked.v1',
  { readonly purpose: KeyPurpose; readonly keyId: string; readonly reason: string }
>;

/** What a tier records of a log that showed two histories. The bundle itself is kept beside it, by its hash. */
export type SplitViewSeen = Fact<
  'liandong.ledger.splitView.v1',
  {
    readonly smaller: NamedHead;
    readonly larger: NamedHead;
    /** The size of the last head that was believed: from then on nothing larger is. */
    readonly frozenAt: number;
    /** SHA-256 of the evidence bundle. */
    readonly evidence: string;
    /** Who was shown the history that is not the one known here. */
    readonly seenBy: string;
  }
>;

export type LedgerFact = EpochOpened | LedgerAnchored | KeyRotated | KeyRevoked | SplitViewSeen;
