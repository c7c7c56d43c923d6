import type { Entry } from './entry.ts';
import type { Leadership, Verdict } from './leadership.ts';
import type { EventHash, TierCode } from './names.ts';

/** What a reader knows of a case besides its events. */
export type Delivery = {
  /** The event that opens the stream. If absent: the parentless opening with the smallest key. */
  readonly root?: EventHash | undefined;
  /** The reader's tier: its own events are deliverable at once. */
  readonly own?: TierCode | undefined;
  /** Whether a foreign event is anchored; asked again at every extension until it is. If absent: all are. */
  readonly anchored?: ((entry: Entry) => boolean) | undefined;
  /**
   * Asked only about events that share author and sequence: whether this one has the
   * lower ledger seq. If absent, or if it cannot tell: the smallest hash.
   */
  readonly stands?: ((entry: Entry) => boolean) | undefined;
};

/** A deliverable event with all that follows from its causal past alone, and so never changes. */
export type Delivered = {
  readonly entry: Entry;
  /** The author's number in this graph. */
  readonly author: number;
  /** By author: the last sequence among this event and its ancestors. Chains without gaps make this the whole past. */
  readonly seen: readonly number[];
  readonly past: Leadership | undefined;
  readonly verdict: Verdict;
  /** The leadership for whoever has seen this event and nothing else. */
  readonly after: Leadership | undefined;
};

/** Whether `b` is `a` or one of its ancestors. */
export const sees = (a: Delivered, b: Delivered): boolean => (a.seen[b.author] ?? 0) >= b.entry.sequence;
