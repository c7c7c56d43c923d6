import type { EventHash, StreamName } from '@liandong/kernel';

/**
 * An event of another tier that has come over a link and is not in the store: it waits for
 * what it follows from, or for an operator. It is nobody's parent and part of no state.
 */
export type PendingEvent = {
  readonly hash: EventHash;
  readonly bytes: Uint8Array;
  readonly state: 'waiting' | 'parked';
  readonly reason: string;
  /** The events it waits for. */
  readonly missing: readonly EventHash[];
  /** When it came. */
  readonly since: string;
};

/** What the tier's exchange holds back of a case. The counter reads it, and can write nothing. */
export interface Arrivals {
  /** Oldest first, at most `limit`. */
  pendingIn(stream: StreamName, limit: number): Promise<readonly PendingEvent[]>;
}
