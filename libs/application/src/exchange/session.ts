import type { Result, TierCode } from '@liandong/kernel';
import type { Feed, FeedState } from '../ports/link-book.ts';
import type {
  Ack,
  Block,
  Heartbeat,
  Letter,
  LetterReceipt,
  LinkConnection,
  LinkFrame,
  Resume,
} from '../ports/link-transport.ts';
import { type BeatQueue, beatQueue } from './beat-queue.ts';
import { bell } from './bell.ts';
import type { Breach } from './breach.ts';
import type { ExchangeDeps } from './deps.ts';
import { feedKey, type FeedTable, opposite } from './feed-table.ts';
import { isGenuine } from './heartbeat.ts';
import type { InTurn } from './in-turn.ts';
import type { Lane } from './lane.ts';
import { linkWays } from './link-ways.ts';
import { nextBlock } from './outgoing-blocks.ts';
import type { ProveEntries } from './prove-entries.ts';
import type { Taken } from './receive.ts';
import { isCatchingUp, whoseTurn } from './whose-turn.ts';

/** Why a link ended. Anything but `stopped` is tried again. */
export type LinkEnd = {
  readonly code: 'closed' | 'broken' | 'stopped' | 'stopped-by-peer';
  readonly detail: string;
};

export type LinkSession = {
  readonly peer: TierCode;
  /** There may be something new to send. */
  readonly ring: () => void;
  /** Asks the peer for a feed again from after this number. */
  readonly askAgain: (feed: Feed, after: number) => void;
  /** Asks for what comes after this number, unless it was asked for already. */
  readonly ask: (feed: Feed, after: number) => void;
  /** What came another way is kept here. */
  readonly acknowledge: (feed: Feed, taken: Taken) => void;
  /** The link was stopped for this: tells the peer why and ends. */
  readonly stopped: (breach: Breach) => Promise<void>;
  /** Sends a heartbeat once everything it speaks of has been sent. */
  readonly passOn: (beat: Heartbeat) => void;
  /** Sends a letter beside the feeds; `false` if too many are on their way already. */
  readonly carry: (frame: Letter | LetterReceipt) => boolean;
  /** Time has passed: what was asked for or sent and not answered is asked for or sent again. */
  readonly tick: () => void;
  readonly close: () => void;
  /** Resolves when the link has ended and nothing of it is still at work. */
  readonly ended: Promise<LinkEnd>;
};

/** What the sessions of one exchange share. */
export type SessionContext = {
  readonly deps: ExchangeDeps;
  readonly prove: ProveEntries;
  readonly feeds: FeedTable;
  readonly perFeed: InTurn<string>;
  /** Takes a block that continues its feed, into the store or on its way. */
  readonly take: (peer: TierCode, block: Block) => Promise<Result<Taken, Breach>>;
  /** Runs an import of a returning tier within the budget for those. */
  readonly withinCatchUp: <Value>(task: () => Promise<Value>) => Promise<Value>;
  readonly acknowledged: (feed: Feed, through: number) => void;
  /** Entries of a forwarded feed are asked for that are not kept any more. */
  readonly rewind: (feed: Feed, after: number) => Promise<void>;
  /** Keeps the evidence and lets the link rest until an operator resumes it. */
  readonly stopLink: (peer: TierCode, breach: Breach, feed?: Feed) => Promise<void>;
  /** The lane beside the link, where there is one. */
  readonly lane: (peer: TierCode) => Pick<Lane, 'said' | 'reads'> | undefined;
  readonly heard: (peer: TierCode, beat: Heartbeat) => Promise<Breach | undefined>;
  readonly letterArrived: (peer: TierCode, frame: Letter | LetterReceipt) => void;
};

type Outgoing = {
  sent: number;
  acked: number;
  inFlight: { last: number; catchUp: boolean; ticks: number }[];
  /** Changes when the place is set anew, so that a block read meanwhile is not sent. */
  generation: number;
  servedAt: number;
  /** Where a lane carries the feed: up to here the peer asked for it over the link. */
  asked: number;
};

const ticksBeforeSendingAgain = 2;

/** So long after what was last said on a link, either way, nobody is held to speak there. */
const ticksOfTalk = 2;

/** What a heartbeat speaks of and the lane has not brought by then is asked for over the link. */
const ticksBeforeAsking = 2;

/** Letters that the transport has not taken yet. */
const mostCarried = 16;

export const linkSession = (
  { deps, feeds, ...context }: SessionContext,
  connection: LinkConnection,
  next: () => Promise<LinkFrame | undefined>,
  peer: TierCode,
): LinkSession => {
  const { self, tree, settings } = deps;
  const { comesFromPeer, goesToPeer, offPath: notOnThePath } = linkWays(tree, self.tier, peer);
  const lane = context.lane(peer);
  const over = new AbortController();
  const work = bell();
  const outgoing = new Map<string, Outgoing>();
  const arrived = new Map<string, number>();
  const asked = new Map<string, number>();
  const beats: BeatQueue = beatQueue();
  const expected = new Map<string, { readonly feed: Feed; readonly head: number; ticks: number }>();
  const tasks = new Set<Promise<void>>();
  let peerReady = false;
  let turns = 0;
  let ticksWithoutTalk = ticksOfTalk;
  let carried = 0;
  let end: LinkEnd | undefined;

  const finish = (why: LinkEnd) => {
    end ??= why;
    over.abort();
    connection.close();
  };
  const broke = (error: unknown) =>
    finish({ code: 'broken', detail: error instanceof Error ? error.message : '' });
  const send = (frame: LinkFrame) => connection.send(frame).catch(broke);

  const stop = async (breach: Breach, feed?: Feed) => {
    if (over.signal.aborted) return;
    await context.stopLink(peer, breach, feed);
    await stopped(breach);
  };

  const stopped = async ({ code, detail }: Breach) => {
    // The peer should hear why, but one that does not listen must not keep the link open.
    const told = connection.send({ kind: 'stop', code, detail }).catch(() => undefined);
    await Promise.race([told, deps.wait(settings.handshakeMs, over.signal)]);
    finish({ code: 'stopped', detail: `${code}: ${detail}` });
  };

  const offPath = (feed: Feed) => stop(notOnThePath(feed), feed);

  // Sending

  const placeOf = (feed: Feed): Outgoing => {
    const key = feedKey(feed);
    const place = outgoing.get(key) ?? {
      sent: 0,
      acked: 0,
      inFlight: [],
      generation: 0,
      servedAt: 0,
      asked: 0,
    };
    outgoing.set(key, place);
    return place;
  };

  const setPlace = (place: Outgoing, after: number) => {
    Object.assign(place, { sent: after, acked: after, inFlight: [], generation: place.generation + 1 });
    work.ring();
  };

  const onResume = async ({ opening, places }: Resume) => {
    for (const { feed, after } of places) {
      if (!goesToPeer(feed)) return offPath(feed);
      const { head } = feeds.get(feed);
      if (after > head && feed.author === self.tier)
        return stop(
          {
            code: 'feed-from-the-future',
            detail: `${peer} holds ${after} of ${feedKey(feed)}, this tier gave ${head}`,
          },
          feed,
        );
      const place = placeOf(feed);
      place.asked = opening ? 0 : (lane?.said(feed) ?? 0);
      setPlace(place, Math.min(after, head));
      context.acknowledged(feed, Math.min(after, head));
    }
    if (opening) peerReady = true;
    work.ring();
  };

  const onAck = ({ feed, through }: Ack) => {
    const place = outgoing.get(feedKey(feed));
    if (place === undefined || through > feeds.get(feed).head) return;
    place.acked = Math.max(place.acked, through);
    place.sent = Math.max(place.sent, through);
    place.inFlight = place.inFlight.filter(({ last }) => last > through);
    context.acknowledged(feed, through);
    work.ring();
  };

  /** Where a lane says what there is, the link brings only what was asked for. */
  const limitOf = (feed: FeedState, { asked }: Outgoing) =>
    lane?.said(feed) === undefined ? feed.head : Math.min(feed.head, asked);

  const othersSpeak = () => ticksWithoutTalk < ticksOfTalk;

  const nextFeed = () => {
    const inFlight = [...outgoing.values()].flatMap((place) => place.inFlight);
    const unanswered = { all: inFlight.length, catchUp: inFlight.filter(({ catchUp }) => catchUp).length };
    const waiting = [...feeds.all()].filter(goesToPeer).flatMap((feed) => {
      const place = placeOf(feed);
      const backlog = limitOf(feed, place) - place.sent;
      return backlog > 0 ? [{ feed, place, backlog, servedAt: place.servedAt }] : [];
    });
    return whoseTurn(waiting, unanswered, settings.window, othersSpeak());
  };

  const sendBlock = async (): Promise<boolean> => {
    const turn = nextFeed();
    if (turn === undefined) return false;
    const { feed, place } = turn.feed;
    const { catchUp, most } = turn;
    place.servedAt = ++turns;
    if (!catchUp) ticksWithoutTalk = 0;
    const { generation, sent } = place;
    const block = await nextBlock({ ...deps, prove: context.prove }, feeds, feed, sent, most);
    if (place.generation !== generation || place.sent !== sent) return true;
    if (block === undefined) {
      await context.rewind(feed, sent);
      return true;
    }
    const last = sent + block.entries.length;
    place.sent = last;
    place.inFlight.push({ last, catchUp, ticks: 0 });
    await send(block);
    return true;
  };

  const sendBeats = async () => {
    // A beat may come before what a lane brings: whoever reads the lane waits a little.
    const sent = (feed: Feed) => (lane?.said(feed) === undefined ? placeOf(feed).sent : Infinity);
    for (const beat of beats.due(sent)) await send(beat);
  };

  const pump = async () => {
    while (!over.signal.aborted) {
      const seen = work.rung();
      if (peerReady) {
        await sendBeats();
        if (await sendBlock()) continue;
        await sendBeats();
      }
      await work.after(seen, over.signal);
    }
  };

  // Receiving

  const arrivedOf = (feed: Feed) => Math.max(arrived.get(feedKey(feed)) ?? 0, feeds.get(feed).head);

  const ask = (feed: Feed, after: number) => {
    if (asked.get(feedKey(feed)) === after) return;
    asked.set(feedKey(feed), after);
    void send({ kind: 'resume', opening: false, places: [{ feed, after }] });
  };

  const onBlock = async (block: Block) => {
    const { feed, first, head, entries } = block;
    if (!comesFromPeer(feed)) return offPath(feed);
    const before = arrivedOf(feed);
    if (first > before + 1) return ask(feed, before);
    const last = first + entries.length - 1;
    arrived.set(feedKey(feed), Math.max(before, last));

    const work = () => (over.signal.aborted ? Promise.resolve() : takeBlock(block));
    const catchUp = isCatchingUp(head - first + 1);
    if (!catchUp) ticksWithoutTalk = 0;
    const task = context
      .perFeed(feedKey(feed), catchUp ? () => context.withinCatchUp(work) : work)
      .catch(broke)
      .finally(() => tasks.delete(task));
    tasks.add(task);
    // While too much lies here unworked nothing more is read, and the transport holds the peer back.
    while (tasks.size >= 2 * settings.window.all) await Promise.race(tasks);
  };

  const takeBlock = async (block: Block) => {
    const { feed } = block;
    if (block.first > feeds.get(feed).head + 1) return; // asked for again meanwhile
    const taken = await context.take(peer, block);
    if (!taken.ok) return stop(taken.refusal, feed);
    asked.delete(feedKey(feed));
    await send({ kind: 'ack', feed, ...taken.value });
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
    if (!comesFromPeer(feed)) return offPath(feed);
    if (!isGenuine(deps, beat)) return stop({ code: 'heartbeat-forged', detail: feedKey(feed) }, feed);
    const before = arrivedOf(feed);
    if (head > before && lane?.reads() === true) expect(feed, head);
    else if (head > before) ask(feed, before);
    const breach = await context.heard(peer, beat);
    if (breach !== undefined) await stop(breach, feed);
  };

  const onLetter = async (frame: Letter | LetterReceipt) => {
    const way = frame.kind === 'letter' ? frame.feed : opposite(frame.feed);
    if (comesFromPeer(way)) context.letterArrived(peer, frame);
    else await offPath(way);
  };

  const onFrame = async (frame: LinkFrame): Promise<void> => {
    switch (frame.kind) {
      case 'hello':
      case 'proof':
        return stop({ code: 'unexpected-frame', detail: frame.kind });
      case 'resume':
        return onResume(frame);
      case 'block':
        return onBlock(frame);
      case 'ack':
        return onAck(frame);
      case 'heartbeat':
        return onHeartbeat(frame);
      case 'letter':
      case 'letterReceipt':
        return onLetter(frame);
      case 'stop':
        return finish({ code: 'stopped-by-peer', detail: `${frame.code}: ${frame.detail}` });
    }
  };

  const read = async () => {
    const places = [...feeds.all()]
      .filter((feed) => comesFromPeer(feed) && feed.head > 0)
      .map(({ author, destination, head }) => ({ feed: { author, destination }, after: head }));
    await send({ kind: 'resume', opening: true, places });
    while (!over.signal.aborted) {
      const frame = await next();
      if (frame === undefined) return finish({ code: 'closed', detail: 'the peer ended the link' });
      await onFrame(frame);
    }
  };

  const ended = Promise.all([read().catch(broke), pump().catch(broke)]).then(async () => {
    await Promise.all(tasks);
    return end ?? ({ code: 'closed', detail: '' } as const);
  });

  return {
    peer,
    ring: work.ring,
    askAgain: (feed, after) => {
      arrived.set(feedKey(feed), after);
      asked.delete(feedKey(feed));
      ask(feed, after);
    },
    passOn: (beat) => {
      beats.put(beat);
      work.ring();
    },
    ask,
    acknowledge: (feed, taken) => void send({ kind: 'ack', feed, ...taken }),
    stopped,
    carry: (frame) => {
      if (over.signal.aborted || carried >= mostCarried) return false;
      carried += 1;
      void send(frame).finally(() => (carried -= 1));
      return true;
    },
    tick: () => {
      asked.clear();
      ticksWithoutTalk += 1;
      askForOverdue();
      for (const place of outgoing.values()) {
        for (const block of place.inFlight) block.ticks += 1;
        if (place.inFlight.some(({ ticks }) => ticks > ticksBeforeSendingAgain)) setPlace(place, place.acked);
      }
      work.ring();
    },
    close: () => finish({ code: 'closed', detail: 'closed here' }),
    ended,
  };
};
