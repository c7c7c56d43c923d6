import type {
  BelievedHead,
  Feed,
  FeedState,
  HeldEntry,
  HeldPlace,
  Incident,
  KnownEvent,
  LinkBook,
  LinkEntry,
  NumberedEntry,
  RelayPlace,
  StoppedLink,
  TimeMark,
} from '@liandong/application';
import { heldNumber, start } from '@liandong/application';
import type { EventHash, StreamName, TierCode } from '@liandong/kernel';

const compareHeld = (a: HeldPlace, b: HeldPlace): number =>
  compare(a.since, b.since) || compare(a.author, b.author) || a.number - b.number;
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const keyOf = ({ author, destination }: Feed) => `${author}>${destination}`;

type Leaf = { readonly hash: EventHash; readonly seq: number; readonly epoch?: number | undefined };

/** For tests: gone when the process ends. `self` names the tier whose feeds are its own. */
export const memoryLinkBook = (self: TierCode): LinkBook => {
  const feeds = new Map<string, FeedState>();
  const known = new Map<EventHash, KnownEvent>();
  const audience = new Map<StreamName, TierCode[]>();
  const numbered = new Map<TierCode, NumberedEntry[]>();
  const epochs = new Map<TierCode, number>();
  const received = new Map<TierCode, Map<number, Leaf>>();
  const former: (Leaf & { readonly author: TierCode; readonly epoch: number })[] = [];
  const forwarded = new Map<string, LinkEntry[]>();
  const held = new Map<string, HeldEntry>();
  const incidents: Incident[] = [];
  const believed = new Map<string, BelievedHead>();
  const marks: TimeMark[] = [];
  const stopped = new Map<TierCode, StoppedLink>();
  let relayed: RelayPlace = { position: start, seq: 0 };

  const feedOf = (feed: Feed): FeedState =>
    feeds.get(keyOf(feed)) ?? {
      author: feed.author,
      destination: feed.destination,
      head: 0,
      digest: '',
      acked: 0,
      delivered: 0,
    };
  const change = (feed: Feed, part: Partial<FeedState>) =>
    feeds.set(keyOf(feed), { ...feedOf(feed), ...part });
  const believe = (heads: readonly BelievedHead[] = []) => {
    for (const head of heads)
      if (head.size > (believed.get(head.origin)?.size ?? -1)) believed.set(head.origin, head);
  };
  const heldKey = (author: TierCode, number: number) => `${author} ${number}`;
  const oldestFirst = (entries: Iterable<HeldEntry>) => [...entries].sort(compareHeld);

  const beginAnew = (tier: TierCode, before: number) => {
    for (const leaf of received.get(tier)?.values() ?? [])
      former.push({ ...leaf, author: tier, epoch: leaf.epoch ?? before });
    received.delete(tier);
    for (const entry of [...held.values()].filter(({ author, number }) => author === tier && number > 0)) {
      held.delete(heldKey(tier, entry.number));
      const number = heldNumber({ number: entry.number, epoch: before });
      held.set(heldKey(tier, number), { ...entry, number });
    }
    for (const [key, { author }] of feeds) if (author === tier) feeds.delete(key);
    for (const key of forwarded.keys()) if (key.startsWith(`${tier}>`)) forwarded.delete(key);
    if (tier !== self) return;
    numbered.clear();
    for (const [hash, event] of known) known.set(hash, { ...event, seq: undefined });
    relayed = { ...relayed, seq: 0 };
  };

  return {
    begin: async (now) => {
      for (const [tier, epoch] of now) {
        const before = epochs.get(tier);
        if (before !== undefined && before > epoch)
          throw new Error(`epoch ${epoch} of ${tier} is over: it writes in epoch ${before}`);
        epochs.set(tier, epoch);
        if (before !== undefined && before < epoch) beginAnew(tier, before);
      }
    },
    feeds: async () => [...feeds.values()],

    relayed: async () => relayed,
    relay: async (page) => {
      if (page.after.position !== relayed.position || page.after.seq !== relayed.seq)
        throw new Error('the relay has moved on');
      const next = new Map<TierCode, number>();
      for (const { destination, number } of page.numbered) {
        const head = next.get(destination) ?? feedOf({ author: self, destination }).head;
        if (number !== head + 1) throw new Error(`the feed to ${destination} has moved on`);
        next.set(destination, number);
      }
      relayed = page.through;
      for (const event of page.known)
        known.set(event.hash, { ...event, seq: event.seq ?? known.get(event.hash)?.seq });
      for (const { stream, tier } of page.audience)
        audience.set(stream, [...new Set([...(audience.get(stream) ?? []), tier])]);
      for (const entry of page.numbered)
        numbered.set(entry.destination, [...(numbered.get(entry.destination) ?? []), entry]);
      for (const { destination, digest, number } of page.numbered)
        change({ author: self, destination }, { digest, head: number });
    },
    audiences: async (streams) =>
      new Map(
        streams.flatMap((stream) => (audience.has(stream) ? [[stream, audience.get(stream) ?? []]] : [])),
      ),
    ownEvents: async (streams) =>
      Map.groupBy(
        [...known.values()]
          .filter((event) => streams.includes(event.stream) && event.seq !== undefined)
          .sort((a, b) => Number(a.position - b.position)),
        ({ stream }) => stream,
      ),
    streamsOf: async (hashes) =>
      new Map(
        hashes.flatMap((hash): [EventHash, StreamName][] => {
          const event = known.get(hash);
          return event === undefined ? [] : [[hash, event.stream]];
        }),
      ),

    numbered: async (destination, after, limit) =>
      (numbered.get(destination) ?? []).filter(({ number }) => number > after).slice(0, limit),
    acknowledge: async (feed, through) => {
      if (through <= feedOf(feed).acked) return;
      change(feed, { acked: through });
      const kept = forwarded.get(keyOf(feed)) ?? [];
      forwarded.set(
        keyOf(feed),
        kept.filter(({ number }) => number > through),
      );
    },
    deliver: async (feed, through) => {
      if (through > feedOf(feed).delivered) change(feed, { delivered: through });
    },

    forward: async (feed, entries, heads) => {
      const { head } = feedOf(feed);
      if (entries.some(({ number }, n) => number !== head + 1 + n))
        throw new Error(`the feed ${keyOf(feed)} has moved on`);
      forwarded.set(keyOf(feed), [...(forwarded.get(keyOf(feed)) ?? []), ...entries]);
      change(feed, { head: head + entries.length });
      believe(heads);
    },
    forwarded: async (feed, after, limit) =>
      (forwarded.get(keyOf(feed)) ?? []).filter(({ number }) => number > after).slice(0, limit),
    rewind: async (feed, after) => {
      const { head, acked } = feedOf(feed);
      forwarded.set(
        keyOf(feed),
        (forwarded.get(keyOf(feed)) ?? []).filter(({ number }) => number <= after),
      );
      change(feed, { head: Math.min(head, after), acked: Math.min(acked, after) });
    },

    receive: async ({ feed, after, through, digest, ...page }) => {
      if (feedOf(feed).head !== after) throw new Error(`the feed ${keyOf(feed)} has moved on`);
      const leaves = received.get(feed.author) ?? new Map<number, Leaf>();
      received.set(feed.author, leaves);
      for (const { number, ...leaf } of page.received) leaves.set(number, leaf);
      for (const entry of page.held) held.set(heldKey(entry.author, entry.number), entry);
      incidents.push(...page.incidents);
      believe(page.believed);
      marks.push(...(page.marks ?? []));
      change(feed, { head: through, digest });
    },
    received: async (author, first, last) =>
      new Map(
        [...(received.get(author) ?? [])]
          .filter(([number]) => number >= first && number <= last)
          .map(([number, { hash }]) => [number, hash]),
      ),
    receivedFrom: async (author, of, from, limit) =>
      [
        ...[...(received.get(author) ?? [])].map(([number, leaf]) => ({ number, ...leaf })),
        ...former
          .filter((leaf) => leaf.author === author)
          .map(({ author: _, ...leaf }) => ({
            number: [...held.values()].find(({ hash }) => hash === leaf.hash)?.number ?? 0,
            ...leaf,
          })),
      ]
        .filter(({ seq, epoch }) => (epoch ?? epochs.get(author) ?? of) === of && seq >= from)
        .map(({ epoch: _, ...leaf }) => ({ ...leaf, position: known.get(leaf.hash)?.position }))
        .filter(({ hash }, n, all) => all.findIndex((other) => other.hash === hash) === n)
        .toSorted((a, b) => a.seq - b.seq)
        .slice(0, limit),
    leavesOf: async (author, hashes) =>
      new Map(
        [...(received.get(author)?.values() ?? []), ...former.filter((leaf) => leaf.author === author)]
          .filter(({ hash }) => hashes.includes(hash))
          .map(({ hash, seq }) => [hash, seq]),
      ),

    held: async (state, limit, after) =>
      oldestFirst(held.values())
        .filter((entry) => entry.state === state && (after === undefined || compareHeld(entry, after) > 0))
        .slice(0, limit),
    heldAt: async (author, number) => held.get(heldKey(author, number)),
    waitingFor: async (hashes) =>
      oldestFirst(held.values()).filter(
        ({ state, missing }) => state === 'waiting' && missing.some((hash) => hashes.includes(hash)),
      ),
    heldCounts: async () =>
      [...Map.groupBy(held.values(), ({ author }) => author)].map(([author, entries]) => ({
        author,
        waiting: entries.filter(({ state }) => state === 'waiting').length,
        parked: entries.filter(({ state }) => state === 'parked').length,
      })),
    hold: async (entry) => void held.set(heldKey(entry.author, entry.number), entry),
    release: async (author, number) => void held.delete(heldKey(author, number)),

    believe: async (head) => believe([head]),
    believedHeads: async () => [...believed.values()],
    marksBefore: async (origin, seqs) =>
      seqs.map((seq) =>
        marks
          .filter((mark) => mark.origin === origin && mark.seq < seq)
          .toSorted((a, b) => a.seq - b.seq)
          .at(-1),
      ),

    report: async (incident) => void incidents.push(incident),
    incidents: async (limit) => incidents.toReversed().slice(0, limit),

    stopLink: async (link) => void stopped.set(link.peer, link),
    resumeLink: async (peer) => void stopped.delete(peer),
    stoppedLinks: async () => [...stopped.values()],
  };
};
