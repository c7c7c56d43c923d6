import type { TierCode } from '@liandong/kernel';
import { instant } from '../ports/clock.ts';
import { bell } from './bell.ts';
import type { ExchangeDeps } from './deps.ts';
import { type FeedTable, opposite, ownFeed } from './feed-table.ts';
import { heartbeat } from './heartbeat.ts';
import type { Heartbeat } from '../ports/link-transport.ts';

export type HeartbeatKeeper = {
  /** Something these tiers should know has changed: they hear soon. */
  readonly speakTo: (...tiers: readonly TierCode[]) => void;
  /** The same for everyone this tier has to do with, or those of them that `chosen` picks. */
  readonly speakToAll: (chosen?: (tier: TierCode) => boolean) => void;
  /** Speaks when there is something to say, and to everyone when the heartbeat's time has come. */
  readonly run: (signal: AbortSignal) => Promise<void>;
};

/** The ways out of this tier. */
export type Ways = {
  readonly passOn: (hop: TierCode, beat: Heartbeat) => void;
  readonly tick: () => void;
};

/** Says to every tier, signed, how far the feeds in both directions have come: so that silence is not loss. */
export const heartbeatKeeper = (deps: ExchangeDeps, feeds: FeedTable, ways: Ways): HeartbeatKeeper => {
  const { self, tree, book, ledger, clock, wait, settings } = deps;
  const due = new Set<TierCode>();
  const changed = bell();

  const counterparts = (): ReadonlySet<TierCode> => {
    const tiers = new Set(tree.region(self.tier));
    for (const { author, destination } of feeds.all()) {
      if (author === self.tier) tiers.add(destination);
      if (destination === self.tier) tiers.add(author);
    }
    return tiers;
  };
  const speakTo: HeartbeatKeeper['speakTo'] = (...tiers) => {
    for (const tier of tiers) due.add(tier);
    changed.ring();
  };
  const speakToAll: HeartbeatKeeper['speakToAll'] = (chosen = () => true) =>
    speakTo(...[...counterparts()].filter(chosen));

  const speak = async () => {
    const tiers = [...due];
    due.clear();
    const counts = new Map((await book.heldCounts()).map((count) => [count.author, count]));
    const time = instant(clock.now());
    const statements = tiers.map((tier) => {
      const feed = ownFeed(self.tier, tier);
      const { head, digest } = feeds.get(feed);
      const { head: received, digest: receivedDigest } = feeds.get(opposite(feed));
      const { waiting, parked } = counts.get(tier) ?? { waiting: 0, parked: 0 };
      return { feed, head, digest, received, receivedDigest, waiting, parked, time };
    });
    // Read behind the numbers: each of them was given to something anchored, which this covers.
    const checkpoint = (await ledger.own.book.anchored())?.note;
    for (const statement of statements) {
      const hop = tree.nextHop(self.tier, statement.feed.destination);
      if (hop !== undefined)
        ways.passOn(hop, heartbeat(deps, { ...statement, ...(checkpoint && { checkpoint }) }));
    }
  };

  const speakWhenDue = async (signal: AbortSignal) => {
    for (let seen = 0; !signal.aborted;) {
      await changed.after(seen, signal);
      await wait(settings.settleMs, signal);
      seen = changed.rung();
      if (!signal.aborted) await speak();
    }
  };

  const keepTime = async (signal: AbortSignal) => {
    while (!signal.aborted) {
      await wait(settings.heartbeatMs, signal);
      ways.tick();
      speakToAll();
    }
  };

  return {
    speakTo,
    speakToAll,
    run: async (signal) => {
      await Promise.all([speakWhenDue(signal), keepTime(signal)]);
    },
  };
};
