import type { Author, Result, TierCode } from '@liandong/kernel';
import { instant } from '../ports/clock.ts';
import type { Feed } from '../ports/link-book.ts';
import type { LinkLane } from '../ports/link-lane.ts';
import type { LinkConnection } from '../ports/link-transport.ts';
import { learnStoredKeys } from './author-keys.ts';
import type { Breach } from './breach.ts';
import type { ExchangeDeps } from './deps.ts';
import { epochOpenings } from './epoch-openings.ts';
import { feedKey, feedTable } from './feed-table.ts';
import { forwarder } from './forward.ts';
import type { HandshakeRefusal } from './handshake.ts';
import { keepDialling, type Upward } from './dialling.ts';
import { heartbeatKeeper } from './heartbeat-keeper.ts';
import { inbound } from './inbound.ts';
import { inTurn } from './in-turn.ts';
import { linkLane } from './lane.ts';
import { letters } from './letters.ts';
import { linkStatus, type LinkStatus } from './link-status.ts';
import { listening } from './listening.ts';
import { neighboursOf } from './neighbours.ts';
import type { LinkEnd } from './open-link.ts';
import { entryProver } from './prove-entries.ts';
import { receiver, type RedrivenEntry } from './receive.ts';
import { relay } from './relay.ts';
import { linkServer } from './serve-links.ts';
import type { LinkSession, SessionContext } from './session.ts';
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

/**
 * All of one tier's talk with other tiers. One runs at a time; the caller holds the lease.
 * `beside` names the neighbours with whom there is a lane beside the link.
 */
export const exchange = async (
  deps: ExchangeDeps,
  upward?: Upward,
  beside: ReadonlyMap<TierCode, LinkLane> = new Map(),
): Promise<Exchange> => {
  const { self, tree, store, book, ledger, clock, settings } = deps;
  await book.begin(new Map((await authorsAround(deps)).map((tier) => [tier, deps.epochOf(tier)])));
  const feeds = await feedTable(book);
  await learnStoredKeys(deps.sealCheck, deps, heardFrom(deps));
  const neighbours = neighboursOf(self, tree);
  const { sessions, lanes } = neighbours;
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
  const heartbeats = heartbeatKeeper(deps, feeds, {
    passOn: neighbours.passOn,
    tick: () => {
      neighbours.tick();
      others.tick().catch(failed);
    },
  });
  let nextSlot = 0;

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
      neighbours.ringAll();
      speakToAll();
      seenHashes('wake', () => receive.wake(hashes)).catch(failed);
    },
  });

  // Inbound

  const coming = inbound({ ...deps, receive, forward, others, behind, neighbours, speakTo, post }, feeds);

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
      const taken = await coming.take(peer, block);
      lanes.get(peer)?.look();
      return taken;
    },
    stopLink,
    lane: (peer) => lanes.get(peer),
    heard: coming.hear,
    letterArrived: post.arrived,
    rewind,
    withinCatchUp: (task) => catchUpSlots(nextSlot++ % settings.catchUpImports, task),
    acknowledged: (feed, through) => {
      if (through <= feeds.get(feed).acked) return;
      feeds.set(feed, { acked: through });
      behind.acknowledge(feed, through);
    },
  };

  for (const [peer, lane] of beside)
    lanes.set(
      peer,
      linkLane(
        {
          ...context,
          session: () => sessions.get(peer),
          turned: (up) => {
            sessions.get(peer)?.ring();
            if (up) speakToAll(neighbours.behind(peer));
          },
        },
        lane,
        peer,
      ),
    );

  // Links

  const opened = (session: LinkSession) => {
    const isBehind = neighbours.behind(session.peer);
    speakToAll(isBehind);
    for (const beat of coming.underWay()) if (isBehind(beat.feed.destination)) session.passOn(beat);
    post.reconnected(isBehind);
  };
  const links = linkServer(context, neighbours, opened, ending.signal);

  const upwards = (way: Upward) =>
    keepDialling(deps, way, (connection, parent) => links.serve(connection, 'up', parent), {
      failed: (parent, detail) => links.note(parent, 'up', { code: 'broken', detail }),
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
    accept: (connection) => links.serve(connection, 'down'),
    status: async () =>
      linkStatus({
        ...{ self, tree, book, store, feeds, sessions, lanes, others },
        ...{ notes: links.notes, heard: coming.heard },
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
