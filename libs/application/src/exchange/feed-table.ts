import { type Sha256, toHex, type TierCode, utf8, type EventHash } from '@liandong/kernel';
import type { Feed, FeedState, LinkBook } from '../ports/link-book.ts';

/**
 * The feeds as the one active exchange knows them. Every change is first in the book;
 * acknowledgements alone are written behind, since a lost one is only sent again.
 */
export type FeedTable = {
  readonly all: () => Iterable<FeedState>;
  readonly get: (feed: Feed) => FeedState;
  readonly set: (
    feed: Feed,
    change: Partial<Pick<FeedState, 'head' | 'digest' | 'acked' | 'delivered'>>,
  ) => void;
};

export const feedKey = ({ author, destination }: Feed): string => `${author}>${destination}`;

export const opposite = ({ author, destination }: Feed): Feed => ({
  author: destination,
  destination: author,
});

export const feedTable = async (book: LinkBook): Promise<FeedTable> => {
  const feeds = new Map((await book.feeds()).map((feed) => [feedKey(feed), feed]));
  const get = (feed: Feed) => feeds.get(feedKey(feed)) ?? emptyFeed(feed);
  return {
    all: () => feeds.values(),
    get,
    set: (feed, change) => feeds.set(feedKey(feed), { ...get(feed), ...change }),
  };
};

const emptyFeed = ({ author, destination }: Feed): FeedState => ({
  author,
  destination,
  head: 0,
  digest: '',
  acked: 0,
  delivered: 0,
});

/** The running digest after one more entry: who renumbers, adds or leaves out one changes it. */
export const nextDigest = (sha256: Sha256, digest: string, hash: EventHash): string =>
  toHex(sha256(utf8(`${digest}\n${hash}\n`)));

export const ownFeed = (author: TierCode, destination: TierCode): Feed => ({ author, destination });
