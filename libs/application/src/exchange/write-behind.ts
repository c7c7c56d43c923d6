import type { BelievedHead, Feed, LinkBook } from '../ports/link-book.ts';
import { bell } from './bell.ts';
import { feedKey } from './feed-table.ts';

/** Saves soon, and only the latest, of what the peer gives again if it is lost: acknowledgements, and heads it shows. */
export type WriteBehind = {
  readonly acknowledge: (feed: Feed, through: number) => void;
  readonly deliver: (feed: Feed, through: number) => void;
  readonly believe: (head: BelievedHead) => void;
  readonly run: (signal: AbortSignal) => Promise<void>;
  readonly flush: () => Promise<void>;
};

export const writeBehind = (book: LinkBook): WriteBehind => {
  const due = new Map<string, () => Promise<void>>();
  const rung = bell();
  const enqueue = (key: string, write: () => Promise<void>) => {
    due.set(key, write);
    rung.ring();
  };
  const flush = async () => {
    for (const [key, write] of due) {
      due.delete(key);
      await write();
    }
  };
  return {
    acknowledge: (feed, through) => enqueue(`ack ${feedKey(feed)}`, () => book.acknowledge(feed, through)),
    deliver: (feed, through) => enqueue(`deliver ${feedKey(feed)}`, () => book.deliver(feed, through)),
    believe: (head) => enqueue(`head ${head.origin}`, () => book.believe(head)),
    flush,
    run: async (signal) => {
      while (!signal.aborted) {
        const seen = rung.rung();
        await flush();
        await rung.after(seen, signal);
      }
    },
  };
};
