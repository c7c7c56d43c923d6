import type { Feed, FeedState } from '../ports/link-book.ts';
import type { Ack, Heartbeat, Resume } from '../ports/link-transport.ts';
import { beatQueue } from './beat-queue.ts';
import { bell } from './bell.ts';
import type { ExchangeDeps } from './deps.ts';
import { feedKey, type FeedTable } from './feed-table.ts';
import type { OpenLink } from './open-link.ts';
import { nextBlock } from './outgoing-blocks.ts';
import type { ProveEntries } from './prove-entries.ts';
import { whoseTurn } from './whose-turn.ts';

export type SendingContext = {
  readonly deps: ExchangeDeps;
  readonly prove: ProveEntries;
  readonly feeds: FeedTable;
  readonly acknowledged: (feed: Feed, through: number) => void;
  /** Entries of a forwarded feed are asked for that are not kept any more. */
  readonly rewind: (feed: Feed, after: number) => Promise<void>;
};

/** What goes out over a link: the feeds towards the peer from where it said it stands, and heartbeats behind them. */
export type LinkSending = {
  /** There may be something new to send. */
  readonly ring: () => void;
  /** Sends a heartbeat once everything it speaks of has been sent. */
  readonly passOn: (beat: Heartbeat) => void;
  readonly onResume: (frame: Resume) => Promise<void>;
  readonly onAck: (frame: Ack) => void;
  /** Time has passed: what was sent and not acknowledged is sent again. */
  readonly tick: () => void;
  /** Sends until the link is over. */
  readonly pump: () => Promise<void>;
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

export const linkSending = ({ deps, feeds, ...context }: SendingContext, link: OpenLink): LinkSending => {
  const { self, settings } = deps;
  const { peer, lane } = link;
  const { goesToPeer } = link.ways;
  const work = bell();
  const outgoing = new Map<string, Outgoing>();
  const beats = beatQueue();
  let peerReady = false;
  let turns = 0;

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
      if (!goesToPeer(feed)) return link.offPath(feed);
      const { head } = feeds.get(feed);
      if (after > head && feed.author === self.tier)
        return link.stop(
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

  const nextFeed = () => {
    const inFlight = [...outgoing.values()].flatMap((place) => place.inFlight);
    const unanswered = { all: inFlight.length, catchUp: inFlight.filter(({ catchUp }) => catchUp).length };
    const waiting = [...feeds.all()].filter(goesToPeer).flatMap((feed) => {
      const place = placeOf(feed);
      const backlog = limitOf(feed, place) - place.sent;
      return backlog > 0 ? [{ feed, place, backlog, servedAt: place.servedAt }] : [];
    });
    return whoseTurn(waiting, unanswered, settings.window, link.othersSpeak());
  };

  const sendBlock = async (): Promise<boolean> => {
    const turn = nextFeed();
    if (turn === undefined) return false;
    const { feed, place } = turn.feed;
    const { catchUp, most } = turn;
    place.servedAt = ++turns;
    if (!catchUp) link.talked();
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
    await link.send(block);
    return true;
  };

  const sendBeats = async () => {
    // A beat may come before what a lane brings: whoever reads the lane waits a little.
    const sent = (feed: Feed) => (lane?.said(feed) === undefined ? placeOf(feed).sent : Infinity);
    for (const beat of beats.due(sent)) await link.send(beat);
  };

  return {
    ring: work.ring,
    passOn: (beat) => {
      beats.put(beat);
      work.ring();
    },
    onResume,
    onAck,
    tick: () => {
      for (const place of outgoing.values()) {
        for (const block of place.inFlight) block.ticks += 1;
        if (place.inFlight.some(({ ticks }) => ticks > ticksBeforeSendingAgain)) setPlace(place, place.acked);
      }
      work.ring();
    },
    pump: async () => {
      while (!link.over.aborted) {
        const seen = work.rung();
        if (peerReady) {
          await sendBeats();
          if (await sendBlock()) continue;
          await sendBeats();
        }
        await work.after(seen, link.over);
      }
    },
  };
};
