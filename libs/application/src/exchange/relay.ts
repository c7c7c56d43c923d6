import {
  decodeEvent,
  eventHash,
  type EventHash,
  isCaseStream,
  sourceOf,
  type StreamName,
  type TierCode,
} from '@liandong/kernel';
import { type Position, type Recorded, start } from '../ports/event-store.ts';
import { instant } from '../ports/clock.ts';
import type { KnownEvent, NumberedEntry, RelayPlace } from '../ports/link-book.ts';
import { isPublicStream } from './audience.ts';
import type { ExchangeDeps } from './deps.ts';
import { type FeedTable, nextDigest, ownFeed } from './feed-table.ts';

export type RelayDeps = Pick<
  ExchangeDeps,
  'self' | 'tree' | 'store' | 'book' | 'sha256' | 'audienceGiven' | 'anchoring' | 'clock'
> & {
  readonly feeds: FeedTable;
  /** Called after each page with what the store has shown. */
  readonly seen: (hashes: readonly EventHash[]) => void;
};

export type Relay = {
  readonly place: () => RelayPlace;
  /** Follows the store until `signal` aborts. */
  readonly run: (signal: AbortSignal) => Promise<void>;
};

const pageSize = 500;

/**
 * Follows the store and gives every own event a number in the feed of every tier
 * that may see it. The page's numbers and the relay's place are saved together, so
 * a crash repeats nothing and skips nothing.
 */
export const relay = async (deps: RelayDeps): Promise<Relay> => {
  const { book, store, feeds } = deps;
  let place = await book.relayed();
  await welcomeNewTiers(deps, place);

  const take = async (records: readonly Recorded[]) => {
    const unsealed = await unsealedEvents(deps, records);
    for (const { hash, type, bytes } of unsealed)
      await book.report({
        code: 'unsealed-event',
        peer: deps.self.tier,
        hash,
        detail: `${type} has no seal of a service that may write it; it stays here`,
        bytes,
        at: instant(deps.clock.now()),
      });
    const page = await numberPage(deps, place, records, new Set(unsealed.map(({ hash }) => hash)));
    await book.relay({ after: place, ...page });
    place = page.through;
    for (const { destination, digest, number } of page.numbered)
      feeds.set(ownFeed(deps.self.tier, destination), { head: number, digest });
    deps.seen(records.map(({ hash }) => hash));
  };

  return {
    place: () => place,
    run: async (signal) => {
      for await (const records of store.follow(place.position, { limit: pageSize, signal }))
        if (records.length > 0) await take(records);
    },
  };
};

/** Own events that did not pass through a service's hands: rows written behind the store's back. They never leave. */
const unsealedEvents = async (
  deps: RelayDeps,
  records: readonly Recorded[],
): Promise<readonly Recorded[]> => {
  const own = records.filter(({ source }) => source.startsWith(ownPrefix(deps)));
  const seals = await deps.store.seals(own);
  return own.filter(({ source, hash, type, bytes }, n) => {
    const seal = seals[n];
    const sealed =
      seal !== undefined &&
      eventHash(deps.sha256, bytes) === hash &&
      deps.anchoring.check({ source, hash, type, seal }).ok;
    return !sealed;
  });
};

/** Stands in the book's audiences for all public streams together. */
const publicStreams = 'public' as StreamName;

/** A tier that was added to the network gets everything public that was said before. */
const welcomeNewTiers = async (deps: RelayDeps, place: RelayPlace) => {
  const { book, feeds, self, sha256, tree } = deps;
  const welcomed = (await book.audiences([publicStreams])).get(publicStreams) ?? [];
  const newcomers = tree.region(self.tier).filter((tier) => !welcomed.includes(tier));
  if (newcomers.length === 0) return;
  const said = await publicEvents(deps, place);
  const feedsNow = newcomers.map((destination) => {
    let { head, digest } = feeds.get(ownFeed(self.tier, destination));
    const numbered = said.map(({ position, seq, hash }): NumberedEntry => {
      digest = nextDigest(sha256, digest, hash);
      return { destination, number: (head += 1), position, seq, digest };
    });
    return { destination, head, digest, numbered };
  });
  await book.relay({
    after: place,
    through: place,
    known: [],
    audience: newcomers.map((tier) => ({ stream: publicStreams, tier })),
    numbered: feedsNow.flatMap(({ numbered }) => numbered),
  });
  for (const { destination, head, digest } of feedsNow)
    feeds.set(ownFeed(self.tier, destination), { head, digest });
};

const publicEvents = async (deps: RelayDeps, { position }: RelayPlace) => {
  const { store } = deps;
  const own = ownPrefix(deps);
  const said: { position: Position; seq: number; hash: EventHash }[] = [];
  let [at, seq] = [start, 0];
  for (;;) {
    const records = (await store.readAll(at, pageSize)).filter((record) => record.position <= position);
    const unsealed = new Set((await unsealedEvents(deps, records)).map(({ hash }) => hash));
    for (const record of records) {
      at = record.position;
      if (!record.source.startsWith(own)) continue;
      seq += 1;
      if (isPublicStream(record.stream) && !unsealed.has(record.hash))
        said.push({ position: at, seq, hash: record.hash });
    }
    if (records.length === 0) return said;
  }
};

/** What every `source` of this tier begins with, whichever its epoch. */
const ownPrefix = ({ self }: Pick<RelayDeps, 'self'>) => sourceOf(self).slice(0, -String(self.epoch).length);

const numberPage = async (
  deps: RelayDeps,
  place: RelayPlace,
  records: readonly Recorded[],
  unsealed: ReadonlySet<EventHash>,
) => {
  const { self, tree, book, feeds, sha256, audienceGiven } = deps;
  const own = ownPrefix(deps);
  const cases = [...new Set(records.map(({ stream }) => stream).filter(isCaseStream))];
  const audiences = new Map(
    [...(await book.audiences(cases))].map(([stream, tiers]) => [stream, new Set(tiers)]),
  );
  const known: KnownEvent[] = [];
  const audience: { stream: StreamName; tier: TierCode }[] = [];
  const numbered: NumberedEntry[] = [];
  const heads = new Map<TierCode, { head: number; digest: string }>();
  let { position, seq } = place;

  const send = (destination: TierCode, { hash, position, seq }: KnownEvent) => {
    const { head, digest } = heads.get(destination) ?? feeds.get(ownFeed(self.tier, destination));
    const next = { head: head + 1, digest: nextDigest(sha256, digest, hash) };
    numbered.push({ destination, number: next.head, position, seq: seq ?? 0, digest: next.digest });
    heads.set(destination, next);
  };

  /** Whoever joins a case gets everything this tier has said in it, from the opening on. */
  const join = async (stream: StreamName, tier: TierCode) => {
    const earlier = [...(await book.ownEvents(stream)), ...known.filter((each) => each.stream === stream)];
    for (const event of earlier) if (event.seq !== undefined) send(tier, event);
  };

  for (const { hash, stream, source, type, bytes, position: at } of records) {
    position = at;
    const isOwn = source.startsWith(own);
    if (isOwn) seq += 1;
    const leaves = isOwn && !unsealed.has(hash);
    const event: KnownEvent = { hash, stream, position: at, seq: leaves ? seq : undefined };
    if (isCaseStream(stream)) {
      const members = audiences.get(stream) ?? new Set();
      audiences.set(stream, members);
      const given = isOwn && !leaves ? [] : audienceGiven(type, () => decodeEvent(bytes).data);
      for (const tier of given) {
        if (tier === self.tier || !tree.has(tier) || members.has(tier)) continue;
        await join(stream, tier);
        members.add(tier);
        audience.push({ stream, tier });
      }
      if (leaves) for (const tier of members) send(tier, event);
    } else if (leaves && isPublicStream(stream)) for (const tier of tree.region(self.tier)) send(tier, event);
    known.push(event);
  }

  return {
    through: { position, seq },
    known,
    audience,
    numbered,
  };
};
