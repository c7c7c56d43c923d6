import type { EventHash } from '@liandong/kernel';
import type { SplitSeen } from './ledger-links.ts';

/** Something no honest peer sends. It stops the link it came over and is never skipped. */
export type Breach = {
  readonly code:
    | 'seal-forged'
    | 'not-in-the-seal'
    | 'service-not-entitled'
    | 'proof-missing'
    | 'head-not-believed'
    | 'not-in-the-ledger'
    | 'split-view'
    | 'epoch-not-opened'
    | 'epoch-below-cosigned'
    | 'epoch-ended'
    | 'author-mismatch'
    | 'number-reused'
    | 'not-on-the-path'
    | 'heartbeat-forged'
    | 'feed-digest-differs'
    | 'feed-from-the-future'
    | 'window-exceeded'
    | 'unexpected-frame';
  readonly detail: string;
  readonly number?: number | undefined;
  readonly hash?: EventHash | undefined;
  /** The evidence: the event, or of a split view the two heads. */
  readonly bytes?: Uint8Array | undefined;
  /** Of a split view that the evidence proves. */
  readonly split?: SplitSeen | undefined;
};
