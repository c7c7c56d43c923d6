import type { HttpAnswer } from '@liandong/ledger';
import type { OriginHash } from './witness-store.ts';

/** A witness somewhere else, spoken to over HTTP. */
export interface WitnessClient {
  /**
   * Sends a submission and resolves with whatever the witness answered. Throws when
   * there was no answer, or none in reasonable time or size.
   */
  addCheckpoint(body: Uint8Array, signal: AbortSignal): Promise<HttpAnswer>;
  /** The largest head the witness shows of a log, not verified; `undefined` if it shows none. Throws as above. */
  checkpoint(log: OriginHash, signal: AbortSignal): Promise<Uint8Array | undefined>;
}
