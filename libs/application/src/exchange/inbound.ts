import type { Result, TierCode } from '@liandong/kernel';
import { instant } from '../ports/clock.ts';
import type { Block, Heartbeat } from '../ports/link-transport.ts';
import type { Breach } from './breach.ts';
import type { ExchangeDeps } from './deps.ts';
import { feedKey, type FeedTable, opposite, ownFeed } from './feed-table.ts';
import type { forwarder } from './forward.ts';
import type { HeartbeatKeeper } from './heartbeat-keeper.ts';
import type { Letters } from './letters.ts';
import type { Listening } from './listening.ts';
import type { Neighbours } from './neighbours.ts';
import type { Receiver, Taken } from './receive.ts';
import type { WriteBehind } from './write-behind.ts';

export type Heard = { readonly beat: Heartbeat; readonly at: string };

/** What neighbours bring, for this tier or for others behind it. */
export type Inbound = {
  /** Takes a block that continues its feed, into the store or on its way. */
  readonly take: (peer: TierCode, block: Block) => Promise<Result<Taken, Breach>>;
  /** Hears a heartbeat or passes it on; answers what of it breaks the rules. */
  readonly hear: (peer: TierCode, beat: Heartbeat) => Promise<Breach | undefined>;
  /** The latest heartbeat of each author to this tier. */
  readonly heard: ReadonlyMap<TierCode, Heard>;
  /** The latest heartbeat of each feed that passes here: whoever is behind a link that was down hears it when it is back. */
  readonly underWay: () => Iterable<Heartbeat>;
};

export type InboundDeps = Pick<ExchangeDeps, 'self' | 'tree' | 'book' | 'ledger' | 'clock'> & {
  readonly receive: Pick<Receiver, 'take'>;
  readonly forward: ReturnType<typeof forwarder>;
  readonly others: Pick<Listening, 'check' | 'heard' | 'received'>;
  readonly behind: Pick<WriteBehind, 'deliver'>;
  readonly neighbours: Pick<Neighbours, 'ringTowards' | 'passOn'>;
  readonly speakTo: HeartbeatKeeper['speakTo'];
  readonly post: Pick<Letters, 'again'>;
};

/** Digests per author that wait for their numbers to come. */
const digestsKept = 256;

export const inbound = (deps: InboundDeps, feeds: FeedTable): Inbound => {
  const { self, tree, book, ledger, clock, receive, forward, others, behind, neighbours, post } = deps;
  const heard = new Map<TierCode, Heard>();
  const underWay = new Map<string, Heartbeat>();
  const misdelivered = new Map<TierCode, number>();

  /** Digests that authors signed for numbers this tier has not received yet. */
  const said = new Map<TierCode, Map<number, string>>();
  const saidBy = (author: TierCode) => {
    const digests = said.get(author) ?? new Map<number, string>();
    said.set(author, digests);
    return digests;
  };

  /** Told before the link is stopped: whoever resumes it finds the ledger frozen. */
  const alarmed = async <Value>(
    peer: TierCode,
    taken: Result<Value, Breach>,
  ): Promise<Result<Value, Breach>> => {
    if (!taken.ok && taken.refusal.split !== undefined && taken.refusal.bytes !== undefined)
      await ledger.splitViews.seen({
        ...taken.refusal.split,
        ...{ evidence: taken.refusal.bytes, from: peer },
      });
    return taken;
  };

  const take: Inbound['take'] = async (peer, block) => {
    const { author, destination } = block.feed;
    if (destination !== self.tier) {
      const kept = await alarmed(peer, await forward(block));
      neighbours.ringTowards(destination);
      return kept;
    }
    const digests = saidBy(author);
    const taken = await alarmed(peer, await receive.take(peer, block, digests));
    if (taken.ok) {
      for (const number of digests.keys()) if (number <= taken.value.through) digests.delete(number);
      await others.received(author);
    }
    deps.speakTo(author);
    return taken;
  };

  const hear: Inbound['hear'] = async (peer, beat) => {
    const { author, destination } = beat.feed;
    const shown = await alarmed(peer, others.check(beat));
    if (!shown.ok) return shown.refusal;
    if (destination !== self.tier) {
      const hop = tree.nextHop(self.tier, destination);
      underWay.set(feedKey(beat.feed), beat);
      if (hop !== undefined) neighbours.passOn(hop, beat);
      return undefined;
    }
    const before = heard.get(author)?.beat;
    if (before !== undefined && before.time > beat.time) return undefined;
    heard.set(author, { beat, at: instant(clock.now()) });
    await others.heard(beat, shown.value);
    const own = opposite(beat.feed);
    const { head, delivered } = feeds.get(own);
    if (beat.received > head)
      return { code: 'feed-from-the-future', detail: `${author} received ${beat.received} of ${head}` };
    if (beat.received > delivered && (await arrivedAsSent(beat))) {
      feeds.set(own, { delivered: beat.received });
      behind.deliver(own, beat.received);
      post.again(author);
    }
    const received = feeds.get(beat.feed);
    if (beat.head > received.head && saidBy(author).size < digestsKept)
      saidBy(author).set(beat.head, beat.digest);
    return beat.head === received.head && beat.digest !== received.digest
      ? { code: 'feed-digest-differs', detail: `${feedKey(beat.feed)} at ${beat.head}`, number: beat.head }
      : undefined;
  };

  /** Delivered is what the destination holds exactly as it was sent; anything else is somebody's doing. */
  const arrivedAsSent = async ({ feed: { author: destination }, received, receivedDigest }: Heartbeat) => {
    const [sent] = await book.numbered(destination, received - 1, 1);
    if (sent?.digest === receivedDigest) return true;
    if (misdelivered.get(destination) === received) return false;
    misdelivered.set(destination, received);
    const feed = ownFeed(self.tier, destination);
    await book.report({
      code: 'arrived-differently',
      peer: tree.nextHop(self.tier, destination) ?? destination,
      feed,
      number: received,
      detail: `${destination} holds other events under the numbers up to ${received}`,
      at: instant(clock.now()),
    });
    return false;
  };

  return { take, hear, heard, underWay: () => underWay.values() };
};
