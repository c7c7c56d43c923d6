import type { Result, TierCode } from '@liandong/kernel';
import { instant } from '../ports/clock.ts';
import type { Feed } from '../ports/link-book.ts';
import type { LaneArrival, LaneFrame, LinkLane } from '../ports/link-lane.ts';
import type { Block, Heartbeat } from '../ports/link-transport.ts';
import { beatQueue } from './beat-queue.ts';
import { bell } from './bell.ts';
import type { Breach } from './breach.ts';
import type { ExchangeDeps } from './deps.ts';
import { feedKey, type FeedTable } from './feed-table.ts';
import { isGenuine } from './heartbeat.ts';
import type { InTurn } from './in-turn.ts';
import { linkWays } from './link-ways.ts';
import type { LaneBeside } from './open-link.ts';
import { maxBlockEntries, nextBlock } from './outgoing-blocks.ts';
import { isCatchingUp } from './whose-turn.ts';
import type { ProveEntries } from './prove-entries.ts';
import type { Taken } from './receive.ts';
import type { LinkSession } from './session.ts';

/** The lane beside a link, as the exchange works it: open whether or not the link is. */
export type Lane = LaneBeside & {
  readonly lastEnd: () => string | undefined;
  /** There may be something new to say. */
  readonly ring: () => void;
  readonly passOn: (beat: Heartbeat) => void;
  /** The link brought something, was opened, or ended. */
  readonly look: () => void;
  readonly tick: () => void;
  /** The link was stopped: until an operator resumes it nothing is said or taken here either. */
  readonly halt: () => void;
  readonly run: (signal: AbortSignal) => Promise<void>;
};

export type LaneContext = {
  readonly deps: ExchangeDeps;
  readonly prove: ProveEntries;
  readonly feeds: FeedTable;
  readonly perFeed: InTurn<string>;
  readonly take: (peer: TierCode, block: Block) => Promise<Result<Taken, Breach>>;
  readonly withinCatchUp: <Value>(task: () => Promise<Value>) => Promise<Value>;
  readonly heard: (peer: TierCode, beat: Heartbeat) => Promise<Breach | undefined>;
  readonly session: () => LinkSession | undefined;
  readonly stopLink: (peer: TierCode, breach: Breach, feed: Feed) => Promise<void>;
  /** The lane takes what it is told, or no longer does. */
  readonly turned: (up: boolean) => void;
};

export const linkLane = ({ deps, feeds, ...context }: LaneContext, lane: LinkLane, peer: TierCode): Lane => {
  const { self, tree, book, clock, wait, jitter, settings } = deps;
  const ways = linkWays(tree, self.tier, peer);
  const work = bell();
  const progress = bell();
  const beats = beatQueue();
  const told = new Map<string, number>();
  let halting = new AbortController();
  let takes = false;
  let reads = false;
  let ticks = 0;
  let lastEnd: string | undefined;

  // Saying

  /** What the peer acknowledged over the link need not be said here. */
  const toldOf = (feed: Feed) => Math.max(told.get(feedKey(feed)) ?? 0, feeds.get(feed).acked);

  const nextFrames = async () => {
    const frames: LaneFrame[] = [];
    const through = new Map<string, number>();
    let entries = 0;
    for (const feed of [...feeds.all()].filter(ways.goesToPeer)) {
      const after = toldOf(feed);
      const { head } = feeds.get(feed);
      if (after >= head || entries >= maxBlockEntries) continue;
      const block = await nextBlock({ ...deps, prove: context.prove }, feeds, feed, after);
      // Let go meanwhile, because the peer has it; if it has not, it asks over the link.
      through.set(feedKey(feed), block === undefined ? head : after + block.entries.length);
      if (block !== undefined) frames.push(block);
      entries += block?.entries.length ?? 0;
    }
    frames.push(...beats.due((feed) => through.get(feedKey(feed)) ?? toldOf(feed)));
    return { frames, through };
  };

  const say = async (until: AbortSignal) => {
    await lane.send([]);
    takes = true;
    context.turned(true);
    try {
      while (!until.aborted) {
        const seen = work.rung();
        const { frames, through } = await nextFrames();
        if (frames.length > 0) await lane.send(frames);
        for (const [key, number] of through) told.set(key, number);
        if (frames.length === 0 && through.size === 0) await work.after(seen, until);
      }
    } finally {
      takes = false;
      context.turned(false);
    }
  };

  // Taking

  /** Without a link it is asked for when the link is there: each side says then how far it has come. */
  const miss = (feed: Feed) => context.session()?.ask(feed, feeds.get(feed).head);

  /**
   * The lane lost something, and the link brings it: nothing is taken here until it has. Without
   * a link the others' feeds go on.
   */
  const filled = async (feed: Feed, first: number, until: AbortSignal): Promise<boolean> => {
    let asked: { readonly session: LinkSession; readonly ticks: number; readonly head: number } | undefined;
    for (;;) {
      until.throwIfAborted();
      const seen = progress.rung();
      const { head } = feeds.get(feed);
      if (first <= head + 1) return true;
      const session = context.session();
      if (session === undefined) return false;
      if (asked?.session !== session || (asked.ticks < ticks && asked.head === head)) session.ask(feed, head);
      if (asked?.session !== session || asked.ticks < ticks) asked = { session, ticks, head };
      await progress.after(seen, until);
    }
  };

  const takeBlock = async (block: Block, until: AbortSignal): Promise<Breach | undefined> => {
    const { feed, first, head } = block;
    if (!ways.comesFromPeer(feed)) return ways.offPath(feed);
    if (!(await filled(feed, first, until))) {
      miss(feed);
      return undefined;
    }
    const task = async () => (first > feeds.get(feed).head + 1 ? undefined : await context.take(peer, block));
    const catchUp = isCatchingUp(head - first + 1);
    const taken = await context.perFeed(feedKey(feed), catchUp ? () => context.withinCatchUp(task) : task);
    if (taken === undefined) miss(feed);
    else if (!taken.ok) return taken.refusal;
    else context.session()?.acknowledge(feed, taken.value);
    return undefined;
  };

  const takeBeat = async (beat: Heartbeat): Promise<Breach | undefined> => {
    const { feed, head } = beat;
    if (!ways.comesFromPeer(feed)) return ways.offPath(feed);
    if (!isGenuine(deps, beat)) return { code: 'heartbeat-forged', detail: feedKey(feed) };
    // Whatever it speaks of was said before it.
    if (head > feeds.get(feed).head) miss(feed);
    return context.heard(peer, beat);
  };

  /**
   * Resolves also when something breaks the rules: the evidence is kept and the link stopped by
   * then, and what stood behind it is missed by its number when the link runs again.
   */
  const takeAll = async (arrivals: readonly LaneArrival[], until: AbortSignal): Promise<void> => {
    for (const arrival of arrivals) {
      until.throwIfAborted();
      if (arrival.kind === 'unreadable') {
        const { detail, bytes } = arrival;
        await book.report({ code: 'unreadable-record', peer, detail, bytes, at: instant(clock.now()) });
        continue;
      }
      const { frame } = arrival;
      const breach = await (frame.kind === 'block' ? takeBlock(frame, until) : takeBeat(frame));
      if (breach === undefined) continue;
      await context.stopLink(peer, breach, frame.feed);
      await context.session()?.stopped(breach);
      return;
    }
  };

  const take = async (until: AbortSignal) => {
    const reading = await lane.receive((arrivals) => takeAll(arrivals, until));
    const close = () => void reading.close();
    until.addEventListener('abort', close);
    if (until.aborted) close();
    reads = true;
    try {
      await reading.ended;
    } finally {
      reads = false;
      until.removeEventListener('abort', close);
    }
  };

  /** Begins again, ever less eagerly, until it lasted; rests while the link is stopped. */
  const keepAt = async (signal: AbortSignal, once: (until: AbortSignal) => Promise<void>) => {
    const { least, most } = settings.laneRetryMs;
    let pause = least;
    while (!signal.aborted) {
      if ((await book.stoppedLinks()).some((stopped) => stopped.peer === peer)) pause = most;
      else {
        if (halting.signal.aborted) halting = new AbortController();
        const began = ticks;
        try {
          await once(AbortSignal.any([signal, halting.signal]));
        } catch (error) {
          lastEnd = error instanceof Error ? error.message : '';
        }
        pause = ticks > began ? least : Math.min(most, pause * 2);
      }
      await wait(pause * (0.5 + jitter() / 2), signal);
    }
  };

  return {
    said: (feed) => (takes ? toldOf(feed) : undefined),
    reads: () => reads,
    lastEnd: () => lastEnd,
    ring: work.ring,
    passOn: (beat) => {
      beats.put(beat);
      work.ring();
    },
    look: progress.ring,
    tick: () => {
      ticks += 1;
      progress.ring();
    },
    halt: () => halting.abort(),
    run: async (signal) => {
      await Promise.all([keepAt(signal, say), keepAt(signal, take)]);
    },
  };
};
