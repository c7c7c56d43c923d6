import type { OriginHash } from './witness-store.ts';

/** The evidence against logs that showed two histories. */
export interface SplitViews {
  /** Survives a crash once it resolves. The first bundle against a log stands. */
  keep(log: OriginHash, evidence: Uint8Array): Promise<void>;
  find(log: OriginHash): Promise<Uint8Array | undefined>;
}
