import type { ExchangeSettings } from './deps.ts';
import { maxBlockEntries } from './outgoing-blocks.ts';

/** A feed that is further behind than this is a returning tier's; what is nearer is what is being said now. */
const mostOfLive = 50;

/** What a block of a returning tier holds while somebody else speaks on the link: who speaks waits for no more than one. */
export const sliceEntries = 100;

export const isCatchingUp = (backlog: number): boolean => backlog > mostOfLive;

/** A feed with something to send: how many entries, and when it was last its turn. */
export type Waiting = { readonly backlog: number; readonly servedAt: number };

export type Turn<Feed extends Waiting> = {
  readonly feed: Feed;
  readonly catchUp: boolean;
  /** How many entries its next block may hold. */
  readonly most: number;
};

/**
 * The feed that sends the next block. What is said now goes before what was said while a tier was
 * away; among equals whoever waits longest. Returning tiers keep to their share of the window, and
 * to small blocks where others speak.
 */
export const whoseTurn = <Feed extends Waiting>(
  waiting: readonly Feed[],
  unanswered: { readonly all: number; readonly catchUp: number },
  window: ExchangeSettings['window'],
  othersSpeak: boolean,
): Turn<Feed> | undefined => {
  if (unanswered.all >= window.all) return undefined;
  const longest = (feeds: readonly Feed[]) => feeds.toSorted((a, b) => a.servedAt - b.servedAt)[0];
  const live = longest(waiting.filter(({ backlog }) => !isCatchingUp(backlog)));
  if (live !== undefined) return { feed: live, catchUp: false, most: maxBlockEntries };
  const returning =
    unanswered.catchUp < window.catchUp
      ? longest(waiting.filter(({ backlog }) => isCatchingUp(backlog)))
      : undefined;
  return returning && { feed: returning, catchUp: true, most: othersSpeak ? sliceEntries : maxBlockEntries };
};
