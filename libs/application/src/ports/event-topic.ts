import type { BusSubscription } from './event-bus.ts';
import type { Position, Recorded } from './event-store.ts';

/** An event as the store holds it, and the position of the one in front of it there. */
export type TopicEntry = { readonly after: Position; readonly event: Recorded };

/**
 * The tier's own topic, where its store is published. Entries of one stream come in the store's
 * order, and may come again; those of several streams come in any order, and are gone once the
 * broker keeps them no longer.
 */
export interface EventTopic {
  /** Resolves once the broker keeps all of them; when it rejects, any of them may be there. */
  publish(entries: readonly TopicEntry[]): Promise<void>;
  /**
   * Hands over what the topic brings, from the group's place or, for a new group, from the first
   * record kept. What is no entry is left out. The place moves when `take` resolves.
   */
  receive(group: string, take: (entries: readonly TopicEntry[]) => Promise<void>): Promise<BusSubscription>;
}
