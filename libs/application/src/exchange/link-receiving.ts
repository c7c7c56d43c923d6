import type { Result, TierCode } from '@liandong/kernel';
import type { Feed } from '../ports/link-book.ts';
import type { Block, Heartbeat, Letter, LetterReceipt } from '../ports/link-transport.ts';
import type { Breach } from './breach.ts';
import type { ExchangeDeps } from './deps.ts';
import { feedKey, type FeedTable, opposite } from './feed-table.ts';
import { isGenuine } from './heartbeat.ts';
import type { InTurn } from './in-turn.ts';
import type { OpenLink } from './open-link.ts';
import type { Taken } from './receive.ts';
import { isCatchingUp } from './whose-turn.ts';

export type ReceivingContext = {
  readonly deps: ExchangeDeps;
  readonly feeds: FeedTable;
  readonly perFeed: InTurn<string>;
  /** Takes a block that continues its feed, into the store or on its way. */
  readonly take: (peer: TierCode, block: Block) => Promise<Result<Taken, Breach>>;
  /** Runs an import of a returning tier within the budget for those. */
  readonly withinCatchUp: <Value>(task: () => Promise<Value>) => Promise<Value>;
  readonly heard: (peer: TierCode, beat: Heartbeat) => Promise<Breach | undefined>;
  readonly letterArrived: (peer: TierCode, frame: Letter | LetterReceipt) => void;
};

/** What comes in over a link: blocks in the order of their feeds, and what is asked for because it did not come. */
export type LinkReceiving = {
  /** Asks the peer for a feed again from after this number. */
  readonly askAgain: (feed: Feed, after: number) => void;
  /** Asks for what comes after this number, unless it was asked for already. */
  readonly ask: (feed: Feed, after: number) => void;
  readonly onBlock: (block: Block) => Promise<void>;
  readonly onHeartbeat: (beat: Heartbeat) => Promise<void>;
  readonly onLetter: (frame: Letter | LetterReceipt) => Promise<void>;
  /** Time has passed: what was asked for and did not come may be asked for again. */
  readonly tick: () => void;
  /** Resolves when nothing that came is still at work. */
  readonly settled: () => Promise<void>;
};

/** What a heartbeat speaks of and the lane has not brought by then is asked for over the link. */
const ticksBeforeAsking = 2;

export const linkReceiving = (
  { deps, feeds, ...context }: ReceivingContext,
  link: OpenLink,
): LinkReceiving => {
  const { peer, lane } = link;
  const { comesFromPeer } = link.ways;
  const arrived = new Map<string, number>();
  const asked = new Map<string, number>();
  const expected = new Map<string, { readonly feed: Feed; readonly head: number; ticks: number }>();
  const tasks = new Set<Promise<void>>();

  const arrivedOf = (feed: Feed) => Math.max(arrived.get(feedKey(feed)) ?? 0, feeds.get(feed).head);

  const ask = (feed: Feed, after: number) => {
    if (asked.get(feedKey(feed)) === after) return;
    asked.set(feedKey(feed), after);
    void link.send({ kind: 'resume', opening: false, places: [{ feed, after }] });
  };

  const onBlock = async (block: Block) => {
    const { feed, first, head, entries } = block;
    if (!comesFromPeer(feed)) return link.offPath(feed);
    const before = arrivedOf(feed);
    if (first > before + 1) return ask(feed, before);
    const last = first + entries.length - 1;
    arrived.set(feedKey(feed), Math.max(before, last));

    const work = () => (link.over.aborted ? Promise.resolve() : takeBlock(block));
    const catchUp = isCatchingUp(head - first + 1);
    if (!catchUp) link.talked();
    const task = context
      .perFeed(feedKey(feed), catchUp ? () => context.withinCatchUp(work) : work)
      .catch(link.broke)
      .finally(() => tasks.delete(task));
    tasks.add(task);
    // While too much lies here unworked nothing more is read, and the transport holds the peer back.
    while (tasks.size >= 2 * deps.settings.window.all) await Promise.race(tasks);
  };

  const takeBlock = async (block: Block) => {
    const { feed } = block;
    if (block.first > feeds.get(feed).head + 1) return; // asked for again meanwhile
    const taken = await context.take(peer, block);
    if (!taken.ok) return link.stop(taken.refusal, feed);
    asked.delete(feedKey(feed));
    await link.send({ kind: 'ack', feed, ...taken.value });
  };

  const expect = (feed: Feed, head: number) => {
    if (!expected.has(feedKey(feed))) expected.set(feedKey(feed), { feed, head, ticks: 0 });
  };

  const askForOverdue = () => {
    for (const [key, overdue] of expected) {
      const { feed, head } = overdue;
      overdue.ticks += 1;
      const has = arrivedOf(feed);
      if (has >= head || overdue.ticks >= ticksBeforeAsking) expected.delete(key);
      if (has < head && overdue.ticks >= ticksBeforeAsking) ask(feed, has);
    }
  };

  const onHeartbeat = async (beat: Heartbeat) => {
    const { feed, head } = beat;
    if (!comesFromPeer(feed)) return link.offPath(feed);
    if (!isGenuine(deps, beat)) return link.stop({ code: 'heartbeat-forged', detail: feedKey(feed) }, feed);
    const before = arrivedOf(feed);
    if (head > before && lane?.reads() === true) expect(feed, head);
    else if (head > before) ask(feed, before);
    const breach = await context.heard(peer, beat);
    if (breach !== undefined) await link.stop(breach, feed);
  };

  const onLetter = async (frame: Letter | LetterReceipt) => {
    const way = frame.kind === 'letter' ? frame.feed : opposite(frame.feed);
    if (comesFromPeer(way)) context.letterArrived(peer, frame);
    else await link.offPath(way);
  };

  return {
    askAgain: (feed, after) => {
      arrived.set(feedKey(feed), after);
      asked.delete(feedKey(feed));
      ask(feed, after);
    },
    ask,
    onBlock,
    onHeartbeat,
    onLetter,
    tick: () => {
      asked.clear();
      askForOverdue();
    },
    settled: async () => {
      await Promise.all(tasks);
    },
  };
};
