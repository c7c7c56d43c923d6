import { type Author, ok, type Result, type TierCode } from '@liandong/kernel';
import { instant } from '../ports/clock.ts';
import type { Feed } from '../ports/link-book.ts';
import type { LinkLane } from '../ports/link-lane.ts';
import type { Block, Heartbeat, LinkConnection } from '../ports/link-transport.ts';
import { learnStoredKeys } from './author-keys.ts';
import type { Breach } from './breach.ts';
import type { ExchangeDeps } from './deps.ts';
import { epochOpenings } from './epoch-openings.ts';
import { feedKey, feedTable, opposite, ownFeed } from './feed-table.ts';
import { forwarder } from './forward.ts';
import { type HandshakeRefusal, shakeHands } from './handshake.ts';
import { keepDialling, type Upward } from './dialling.ts';
import { heartbeatKeeper } from './heartbeat-keeper.ts';
import { inTurn } from './in-turn.ts';
import { type Lane, linkLane } from './lane.ts';
import { letters } from './letters.ts';
import { linkStatus, type LinkStatus, type Heard, type PeerNote } from './link-status.ts';
import { listening } from './listening.ts';
import { receiver, type RedrivenEntry } from './receive.ts';
import { entryProver } from './prove-entries.ts';
import { relay } from './relay.ts';
import { type LinkEnd, linkSession, type LinkSession, type SessionContext } from './session.ts';
import { ledgerVerifier } from './verify-proof.ts';
import { writeBehind } from './write-behind.ts';

export type Exchange = {
  /** Works until `signal` aborts or a follower of the store fails; then everything has come to rest. */
  readonly run: (signal: AbortSignal) => Promise<void>;
  /** Serves a link that a lower tier dialled. Resolves when it has ended. */
  readonly accept: (connection: LinkConnection) => Promise<Result<LinkEnd, HandshakeRefusal>>;
  readonly status: () => Promise<LinkStatus>;
  readonly redrive: (only?: {
    readonly author: TierCode;
    readonly number: number;
  }) => Promise<readonly RedrivenEntry[]>;
  /** An operator has looked into the incident and lets the link run again. */
  readonly resumeLink: (peer: TierCode) => Promise<void>;
};

/** Digests per author that wait for their numbers to come. */
const digestsKept = 256;

/**
 * All of one tier's talk with other tiers. One runs at a time; the caller holds the lease.
 * `beside` names the neighbours with whom there is a lane beside the link.
 */
export const exchange = async (
  deps: ExchangeDeps,
  upward?: Upward,
  beside: ReadonlyMap<TierCode, LinkLane> = new Map(),
): Promise<Exchange> => {
  const { self, tree, store, book, ledger, clock, wait, settings } = deps;
  await book.begin(new Map((await authorsAround(deps)).map((tier) => [tier, deps.epochOf(tier)])));
  const feeds = await feedTable(book);
  await learnStoredKeys(deps.sealCheck, deps, heardFrom(deps));
  const sessions = new Map<TierCode, LinkSession>();
  const lanes = new Map<TierCode, Lane>();
  const notes = new Map<TierCode, PeerNote>();
  const heard = new Map<TierCode, Heard>();
  /** The latest heartbeat of each feed that passes here: whoever is behind a link that was down hears it when it is back. */
  const underWay = new Map<string, Heartbeat>();
  const misdelivered = new Map<TierCode, number>();
  const perPeer = inTurn<TierCode>();
  const perFeed = inTurn<string>();
  const catchUpSlots = inTurn<number>();
  const frozen = await ledger.splitViews.frozen();
  const verifier = ledgerVerifier(ledger, await book.believedHeads(), frozen);
  const verifyProof = verifier.proof;
  const behind = writeBehind(book);
  const others = listening(deps, feeds, verifier, behind);
  const openings = await epochOpenings({ ...ledger, store, held: verifier.held }, heardFrom(deps));
  const receive = receiver({ ...deps, verifyProof, openings, headsNamed: others.named }, feeds);
  const forward = forwarder({ ...deps, verifyProof }, feeds);
  const prove = entryProver(deps.sha256, ledger.own);
  const ending = new AbortController();
  const passOn = (hop: TierCode, beat: Heartbeat) => {
    sessions.get(hop)?.passOn(beat);
    lanes.get(hop)?.passOn(beat);
  };
  const heartbeats = heartbeatKeeper(deps, feeds, {
    passOn,
    tick: () => {
      for (const session of sessions.values()) session.tick();
      for (const lane of lanes.values()) lane.tick();
      others.tick().catch(failed);
    },
  });
  let nextSlot = 0;

  const ringTowards = (tier: TierCode) => {
    const hop = tree.nextHop(self.tier, tier);
    if (hop === undefined) return;
    sessions.get(hop)?.ring();
    lanes.get(hop)?.ring();
  };
  const { speakTo, speakToAll } = heartbeats;
  let failure: { readonly error: unknown } | undefined;
  const failed = (error: unknown) => {
    failure ??= { error };
    ending.abort();
  };
  const post = letters(deps, sessions, failed);

  // Outbound

  const seenHashes = inTurn<'wake'>();
  const follower = await relay({
    ...deps,
    feeds,
    seen: (hashes) => {
      for (const session of sessions.values()) session.ring();
      for (const lane of lanes.values()) lane.ring();
      speakToAll();
      seenHashes('wake', () => receive.wake(hashes)).catch(failed);
    },
  });

  // Inbound

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

  const take = async (peer: TierCode, block: Block) => {
    const { author, destination } = block.feed;
    if (destination !== self.tier) {
      const kept = await alarmed(peer, await forward(block));
      ringTowards(destination);
      return kept;
    }
    const digests = saidBy(author);
    const taken = await alarmed(peer, await receive.take(peer, block, digests));
    if (taken.ok) {
      for (const number of digests.keys()) if (number <= taken.value.through) digests.delete(number);
      await others.received(author);
    }
    speakTo(author);
    return taken;
  };

  const hear = async (peer: TierCode, beat: Heartbeat): Promise<Breach | undefined> => {
    const { author, destination } = beat.feed;
    const shown = await alarmed(peer, others.check(beat));
    if (!shown.ok) return shown.refusal;
    if (destination !== self.tier) {
      const hop = tree.nextHop(self.tier, destination);
      underWay.set(feedKey(beat.feed), beat);
      if (hop !== undefined) passOn(hop, beat);
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

  const rewind = async (feed: Feed, after: number) => {
    await perFeed(feedKey(feed), async () => {
      await book.rewind(feed, after);
      feeds.set(feed, { head: after });
    });
    const hop = tree.nextHop(self.tier, feed.author);
    if (hop !== undefined) sessions.get(hop)?.askAgain(feed, after);
  };

  const stopLink = async (peer: TierCode, { code, detail, number, hash, bytes }: Breach, feed?: Feed) => {
    const at = instant(clock.now());
    await book.report({ code, peer, feed, number, hash, detail, bytes, at });
    await book.stopLink({ peer, code, detail, at });
    lanes.get(peer)?.halt();
  };

  const context: SessionContext = {
    deps,
    prove,
    feeds,
    perFeed,
    take: async (peer, block) => {
      const taken = await take(peer, block);
      lanes.get(peer)?.look();
      return taken;
    },
    stopLink,
    lane: (peer) => lanes.get(peer),
    heard: hear,
    letterArrived: post.arrived,
    rewind,
    withinCatchUp: (task) => catchUpSlots(nextSlot++ % settings.catchUpImports, task),
    acknowledged: (feed, through) => {
      if (through <= feeds.get(feed).acked) return;
      feeds.set(feed, { acked: through });
      behind.acknowledge(feed, through);
    },
  };

  const behindOf = (peer: TierCode) => (tier: TierCode) => tree.nextHop(self.tier, tier) === peer;

  for (const [peer, lane] of beside)
    lanes.set(
      peer,
      linkLane(
        {
          ...context,
          session: () => sessions.get(peer),
          turned: (up) => {
            sessions.get(peer)?.ring();
            if (up) speakToAll(behindOf(peer));
          },
        },
        lane,
        peer,
      ),
    );

  // Links

  const serve = async (
    connection: LinkConnection,
    direction: PeerNote['direction'],
    expected?: TierCode,
  ): Promise<Result<LinkEnd, HandshakeRefusal>> => {
    const frames = connection.frames[Symbol.asyncIterator]();
    const next = async () => {
      const result = await frames.next();
      return result.done === true ? undefined : result.value;
    };
    const close = () => connection.close();
    ending.signal.addEventListener('abort', close);
    if (ending.signal.aborted) close();
    const greeted = new AbortController();
    void wait(settings.handshakeMs, greeted.signal).then(() => {
      if (!greeted.signal.aborted) close();
    });
    try {
      const shaken = await shakeHands(deps, connection, next, expected).finally(() => greeted.abort());
      if (!shaken.ok) {
        const { code, peer } = shaken.refusal;
        await connection.send({ kind: 'stop', code, detail: '' }).catch(() => undefined);
        if (peer !== undefined && tree.has(peer)) note(peer, direction, { code: 'broken', detail: code });
        return shaken;
      }
      const peer = shaken.value;
      const session = await perPeer(peer, async () => {
        const earlier = sessions.get(peer);
        earlier?.close();
        await earlier?.ended;
        const opened = linkSession(context, connection, next, peer);
        sessions.set(peer, opened);
        lanes.get(peer)?.look();
        return opened;
      });
      notes.set(peer, { direction, since: instant(clock.now()) });
      speakToAll(behindOf(peer));
      for (const beat of underWay.values()) if (behindOf(peer)(beat.feed.destination)) session.passOn(beat);
      post.reconnected(behindOf(peer));
      const end = await session.ended;
      if (sessions.get(peer) === session) {
        sessions.delete(peer);
        lanes.get(peer)?.look();
        note(peer, direction, end);
      }
      return ok(end);
    } finally {
      ending.signal.removeEventListener('abort', close);
      connection.close();
    }
  };

  const note = (peer: TierCode, direction: PeerNote['direction'], lastEnd: LinkEnd) =>
    notes.set(peer, { direction, lastEnd, at: instant(clock.now()) });

  const upwards = (way: Upward) =>
    keepDialling(deps, way, (connection, parent) => serve(connection, 'up', parent), {
      failed: (parent, detail) => note(parent, 'up', { code: 'broken', detail }),
    });

  return {
    run: async (signal) => {
      const abort = () => ending.abort();
      signal.addEventListener('abort', abort);
      if (signal.aborted) abort();
      try {
        await receive.wakeAll();
        await untilOneFails(ending, [
          follower.run(ending.signal),
          heartbeats.run(ending.signal),
          behind.run(ending.signal),
          post.run(ending.signal),
          ...[...lanes.values()].map((lane) => lane.run(ending.signal)),
          ...(upward === undefined ? [] : [upwards(upward)(ending.signal)]),
        ]);
      } finally {
        signal.removeEventListener('abort', abort);
        ending.abort();
        await Promise.all([...sessions.values()].map(({ ended }) => ended));
        await seenHashes('wake', () => Promise.resolve());
        await behind.flush();
      }
      if (failure !== undefined) throw failure.error;
    },
    accept: (connection) => serve(connection, 'down'),
    status: async () =>
      linkStatus({
        ...{ self, tree, book, store, feeds, notes, heard, sessions, lanes, others },
        place: follower.place(),
        unanchored: follower.unanchored(),
        owing: await post.owing(),
      }),
    redrive: async (only) => {
      const redriven = await receive.redrive(only);
      speakToAll();
      return redriven;
    },
    resumeLink: (peer) => book.resumeLink(peer),
  };
};

/** Whose ledgers speak of their keys here, of each tier the oldest first. */
const heardFrom = ({ self, tree, epochOf, formerEpochsOf }: ExchangeDeps): readonly Author[] =>
  tree.region(self.tier).flatMap((tier) =>
    [...(formerEpochsOf?.(tier) ?? []), epochOf(tier)].map((epoch) => ({
      network: self.network,
      tier,
      epoch,
    })),
  );

/** Everyone whose feeds begin, end or pass here. */
const authorsAround = async ({ self, tree, book }: ExchangeDeps): Promise<readonly TierCode[]> => {
  const passing = (await book.feeds()).map(({ author }) => author).filter(tree.has);
  return [...new Set([self.tier, ...tree.region(self.tier), ...passing])];
};

/** Lets all run; when one fails or ends, ends the others, waits for them and passes the failure on. */
const untilOneFails = async (ending: AbortController, loops: readonly Promise<void>[]): Promise<void> => {
  const settled = await Promise.allSettled(loops.map((loop) => loop.finally(() => ending.abort())));
  for (const each of settled) if (each.status === 'rejected') throw each.reason;
};
