import type { Author, TierCode } from '@liandong/kernel';
import type { LedgerStatus } from '../ledger/ledger-status.ts';
import type { EventStore } from '../ports/event-store.ts';
import type { Feed, Incident, LinkBook, RelayPlace } from '../ports/link-book.ts';
import type { PublisherStatus } from '../topic/publish-events.ts';
import { type FeedTable, ownFeed } from './feed-table.ts';
import type { Heard } from './inbound.ts';
import type { Lane } from './lane.ts';
import type { Listening } from './listening.ts';
import type { NetworkTree } from './network-tree.ts';
import type { PeerAlarm } from './peer-watch.ts';
import type { PeerNote } from './serve-links.ts';
import type { LinkSession } from './session.ts';

/** The health of a tier's links: lag and gaps, not merely "connected". */
export type LinkStatus = {
  readonly tier: TierCode;
  /**
   * Everything this tier knows it should have has come, and everything it said has arrived where
   * it belongs. What is parked has come, though no store shows it yet: `parked` counts it, at the
   * tier that holds it. What no service of this tier sealed was never said: `incidents` names it.
   */
  readonly drained: boolean;
  /** Events of the store the relay has not looked at yet. */
  readonly relayBehind: boolean;
  /** Own events that are recorded and wait for the quorum of the ledger's witnesses before they leave. */
  readonly unanchored: number;
  /** Cases in which personal fields are still owed to other tiers. Apart from `drained`: the events are all there. */
  readonly owing: number;
  readonly links: readonly {
    readonly peer: TierCode;
    readonly direction: 'up' | 'down';
    readonly connected: boolean;
    readonly since?: string | undefined;
    readonly lastEnd?: string | undefined;
    readonly stopped?: string | undefined;
    /** The lane beside the link, where there is one; what it does not do, the link does. */
    readonly lane?:
      { readonly sends: boolean; readonly reads: boolean; readonly lastEnd?: string | undefined } | undefined;
  }[];
  readonly outgoing: readonly {
    readonly destination: TierCode;
    readonly head: number;
    readonly acked: number;
    readonly delivered: number;
    readonly lag: number;
  }[];
  readonly incoming: readonly {
    readonly author: TierCode;
    /** The author's last number as its latest heartbeat says; absent until one has come. */
    readonly head?: number | undefined;
    readonly received: number;
    readonly lag?: number | undefined;
    readonly waiting: number;
    readonly parked: number;
    readonly heardAt?: string | undefined;
    /** The size of the author's ledger that its latest heartbeat shows. */
    readonly checkpoint?: number | undefined;
  }[];
  readonly forwarding: readonly {
    readonly author: TierCode;
    readonly destination: TierCode;
    readonly head: number;
    readonly acked: number;
  }[];
  readonly waiting: number;
  readonly parked: number;
  /** The tier's own ledger. */
  readonly ledger?: LedgerStatus | undefined;
  /** The tier's own topic, where it has one. */
  readonly eventTopic?: PublisherStatus | undefined;
  /** Who has kept silent, or kept something back, for too long, and still does. */
  readonly alarms: readonly PeerAlarm[];
  readonly incidents: readonly Pick<Incident, 'code' | 'peer' | 'detail' | 'at'>[];
};

type Sources = {
  readonly self: Author;
  readonly tree: NetworkTree;
  readonly book: LinkBook;
  readonly store: EventStore;
  readonly feeds: FeedTable;
  readonly notes: ReadonlyMap<TierCode, PeerNote>;
  readonly heard: ReadonlyMap<TierCode, Heard>;
  readonly sessions: ReadonlyMap<TierCode, LinkSession>;
  readonly lanes: ReadonlyMap<TierCode, Lane>;
  readonly others: Pick<Listening, 'alarms' | 'shownBy'>;
  readonly place: RelayPlace;
  readonly unanchored: number;
  readonly owing: number;
};

const latestIncidents = 20;

export const linkStatus = async (sources: Sources): Promise<LinkStatus> => {
  const { self, tree, book, store, feeds, notes, heard, sessions, lanes, others, place, unanchored, owing } =
    sources;
  const [counts, stopped, incidents, unseen] = await Promise.all([
    book.heldCounts(),
    book.stoppedLinks(),
    book.incidents(latestIncidents),
    store.readAll(place.position, 1),
  ]);
  const countOf = new Map(counts.map((count) => [count.author, count]));
  const stopOf = new Map(stopped.map((link) => [link.peer, link]));
  const all = [...feeds.all()];

  const outgoing = all
    .filter(({ author }) => author === self.tier)
    .map(({ destination, head, acked, delivered }) => ({
      destination,
      head,
      acked,
      delivered,
      lag: head - delivered,
    }));
  const authors = new Set([
    ...all.filter(({ destination }) => destination === self.tier).map(({ author }) => author),
    ...heard.keys(),
  ]);
  const incoming = [...authors].map((author) => {
    const received = feeds.get(ownFeed(author, self.tier)).head;
    const said = heard.get(author);
    const { waiting, parked } = countOf.get(author) ?? { waiting: 0, parked: 0 };
    const head = said === undefined ? undefined : Math.max(said.beat.head, received);
    return {
      author,
      head,
      received,
      lag: head === undefined ? undefined : head - received,
      waiting,
      parked,
      heardAt: said?.at,
      checkpoint: others.shownBy(author),
    };
  });
  const forwarding = all
    .filter(({ author, destination }) => author !== self.tier && destination !== self.tier)
    .map(({ author, destination, head, acked }) => ({ author, destination, head, acked }));
  const peers = new Set([...notes.keys(), ...sessions.keys(), ...stopOf.keys(), ...lanes.keys()]);
  const waiting = counts.reduce((sum, count) => sum + count.waiting, 0);

  return {
    tier: self.tier,
    drained:
      unseen.length === 0 &&
      unanchored === 0 &&
      waiting === 0 &&
      stopped.length === 0 &&
      outgoing.every(({ lag }) => lag === 0) &&
      incoming.every(({ lag }) => lag === 0) &&
      forwarding.every(({ head, acked }) => head === acked),
    relayBehind: unseen.length > 0,
    unanchored,
    owing,
    links: [...peers].sort().map((peer) => {
      const known = notes.get(peer);
      const stop = stopOf.get(peer);
      return {
        peer,
        direction: known?.direction ?? (tree.superiors(self.tier).includes(peer) ? 'up' : 'down'),
        connected: sessions.has(peer),
        since: known?.since,
        lastEnd: known?.lastEnd && `${known.lastEnd.code} ${known.lastEnd.detail}`.trim(),
        stopped: stop && `${stop.code}: ${stop.detail}`,
        lane: laneStatus(lanes.get(peer), ownFeed(self.tier, peer)),
      };
    }),
    outgoing,
    incoming,
    forwarding,
    waiting,
    parked: counts.reduce((sum, count) => sum + count.parked, 0),
    alarms: others.alarms(),
    incidents: incidents.map(({ code, peer, detail, at }) => ({ code, peer, detail, at })),
  };
};

const laneStatus = (lane: Lane | undefined, feed: Feed) =>
  lane && { sends: lane.said(feed) !== undefined, reads: lane.reads(), lastEnd: lane.lastEnd() };
