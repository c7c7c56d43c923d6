import type { EventHash } from '@liandong/kernel';

/** How far an own event has come in the tier's ledger. */
export type LedgerStanding = {
  /** The leaf index. */
  readonly seq: number;
  /** The first head over the event that a quorum cosigned, and when it did, by the tier's own clock. */
  readonly anchored?: { readonly size: number; readonly at: string } | undefined;
};

/** As much of the tier's own ledger as its counter needs. It reads, and can write nothing. */
export interface LedgerStandings {
  /** Those of these events that are sealed. */
  of(hashes: readonly EventHash[]): Promise<ReadonlyMap<EventHash, LedgerStanding>>;
  /** The size of the largest head that a quorum has cosigned; 0 before the first. Never shrinks. */
  anchoredSize(): Promise<number>;
}
