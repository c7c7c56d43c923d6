/**
 * The right to keep the tier's ledger. `fence` is larger than that of every holder before:
 * once it is given, the book takes nothing under a smaller one, also not what was on its way.
 */
export type LedgerLease = {
  readonly fence: bigint;
  /** Aborts if the database takes the lease away. */
  readonly lost: AbortSignal;
  readonly release: () => Promise<void>;
};

/** Resolves `undefined` while another process holds the lease. */
export type AcquireLedgerLease = () => Promise<LedgerLease | undefined>;
