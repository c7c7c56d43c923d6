import type { TierCode } from '@liandong/kernel';
import type { Feed } from '../ports/link-book.ts';
import type { Breach } from './breach.ts';
import { feedKey } from './feed-table.ts';
import type { NetworkTree } from './network-tree.ts';

/** Which feeds pass between a tier and its neighbour, and which way. */
export type LinkWays = {
  readonly comesFromPeer: (feed: Feed) => boolean;
  readonly goesToPeer: (feed: Feed) => boolean;
  readonly offPath: (feed: Feed) => Breach;
};

export const linkWays = (tree: NetworkTree, self: TierCode, peer: TierCode): LinkWays => ({
  comesFromPeer: ({ author, destination }) =>
    tree.nextHop(self, author) === peer &&
    (destination === self || ![undefined, peer].includes(tree.nextHop(self, destination))),
  goesToPeer: ({ author, destination }) =>
    tree.nextHop(self, destination) === peer &&
    (author === self || ![undefined, peer].includes(tree.nextHop(self, author))),
  offPath: (feed) => ({
    code: 'not-on-the-path',
    detail: `${feedKey(feed)} does not pass ${peer} and ${self} this way`,
  }),
});
