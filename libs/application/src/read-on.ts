import { type EventStore, type Position, type Recorded, start } from './ports/event-store.ts';

const page = 1_000;

/** Brings a book up to everything the store holds now of some kinds of streams. Each event is taken once. */
export const readingOn = (
  store: Pick<EventStore, 'readKinds'>,
  kinds: readonly string[],
  take: (recorded: Recorded) => void,
): (() => Promise<void>) => {
  let reached: Position = start;
  return async () => {
    for (;;) {
      const { events, through } = await store.readKinds(reached, page, kinds);
      // Who refreshed at the same time may be further by now.
      for (const recorded of events) {
        if (recorded.position <= reached) continue;
        reached = recorded.position;
        take(recorded);
      }
      if (through > reached) reached = through;
      if (events.length < page) return;
    }
  };
};
