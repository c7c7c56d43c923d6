import type { Feed } from '../ports/link-book.ts';
import type { Heartbeat } from '../ports/link-transport.ts';
import { feedKey } from './feed-table.ts';

/** Heartbeats that wait until everything they speak of has been sent. Of a feed's the first and the latest are kept. */
export type BeatQueue = {
  readonly put: (beat: Heartbeat) => void;
  /** Takes out those that speak of no more than was sent. */
  readonly due: (sent: (feed: Feed) => number) => readonly Heartbeat[];
};

export const beatQueue = (): BeatQueue => {
  const beats = new Map<string, { readonly first: Heartbeat; readonly latest?: Heartbeat | undefined }>();
  return {
    put: (beat) => {
      const key = feedKey(beat.feed);
      const queued = beats.get(key);
      beats.set(key, queued === undefined ? { first: beat } : { first: queued.first, latest: beat });
    },
    due: (sent) =>
      [...beats].flatMap(([key, { first, latest }]) => {
        if (sent(first.feed) < first.head) return [];
        if (latest === undefined) beats.delete(key);
        else beats.set(key, { first: latest });
        return [first];
      }),
  };
};
