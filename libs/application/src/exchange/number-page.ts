import {
  decodeEvent,
  type EventHash,
  isCaseStream,
  sourceOf,
  type StreamName,
  type TierCode,
} from '@liandong/kernel';
import type { Position, Recorded } from '../ports/event-store.ts';
import type { KnownEvent, NumberedEntry, RelayPage } from '../ports/link-book.ts';
import { cardAudience, isPublicStream, isSupervisedStream } from './audience.ts';
import type { ExchangeDeps } from './deps.ts';
import { type FeedTable, nextDigest, ownFeed } from './feed-table.ts';

export type NumberingDeps = Pick<ExchangeDeps, 'self' | 'tree' | 'book' | 'sha256' | 'audienceGiven'> & {
  readonly feeds: FeedTable;
};

/** An event as it goes by; `seq` is set for an own one that may leave now. */
export type Item = { readonly record: Recorded; readonly seq: number | undefined };

/** Own events are sent to whom they concern; whoever is let into a case by one of the events gets what came before. */
export const numberPage = async (
  deps: NumberingDeps,
  items: readonly Item[],
): Promise<Omit<RelayPage, 'after' | 'through'>> => {
  const { self, tree, book, audienceGiven } = deps;
  const own = ownPrefix(deps);
  const cases = [...new Set(items.map(({ record }) => record.stream).filter(isCaseStream))];
  const invited = items.map(({ record: { stream, source, type, bytes }, seq }) =>
    isCaseStream(stream) && (seq !== undefined || !source.startsWith(own))
      ? audienceGiven(type, () => decodeEvent(bytes).data)
      : [],
  );
  const inviting = items.filter((_, n) => (invited[n] ?? []).length > 0).map(({ record }) => record.stream);
  const saidBefore: ReadonlyMap<StreamName, readonly KnownEvent[]> =
    inviting.length === 0 ? new Map() : await book.ownEvents([...new Set(inviting)]);
  const audiences = new Map(
    [...(await book.audiences(cases))].map(([stream, tiers]) => [stream, new Set(tiers)]),
  );
  const known: KnownEvent[] = [];
  const audience: { stream: StreamName; tier: TierCode }[] = [];
  const { numbered, send } = numbering(deps);

  /** Whoever joins a case gets everything this tier has said in it, from the opening on. */
  const join = (stream: StreamName, tier: TierCode) => {
    const earlier = [...(saidBefore.get(stream) ?? []), ...known.filter((each) => each.stream === stream)];
    for (const { position, seq, hash } of earlier) if (seq !== undefined) send(tier, { position, seq, hash });
  };

  for (const [n, { record, seq }] of items.entries()) {
    const { hash, stream, position } = record;
    const leaves = seq !== undefined;
    if (isCaseStream(stream)) {
      const members = audiences.get(stream) ?? new Set();
      audiences.set(stream, members);
      for (const tier of invited[n] ?? []) {
        if (tier === self.tier || !tree.has(tier) || members.has(tier)) continue;
        join(stream, tier);
        members.add(tier);
        audience.push({ stream, tier });
      }
      if (leaves) for (const tier of members) send(tier, { hash, position, seq });
    } else if (leaves && isPublicStream(stream))
      for (const tier of tree.region(self.tier)) send(tier, { hash, position, seq });
    else if (leaves && isSupervisedStream(stream))
      for (const tier of supervising(deps, record)) send(tier, { hash, position, seq });
    known.push({ hash, stream, position, seq });
  }
  return { known, audience, numbered };
};

/** The tiers above, and whomever of those below the event is about. */
const supervising = (
  { self, tree }: Pick<NumberingDeps, 'self' | 'tree'>,
  { type, bytes }: Recorded,
): readonly TierCode[] => {
  const above = tree.superiors(self.tier);
  const named = cardAudience(type, () => decodeEvent(bytes).data);
  return [...above, ...named.filter((tier) => tree.superiors(tier).includes(self.tier))];
};

type Sent = { readonly hash: EventHash; readonly position: Position; readonly seq: number };

/** Gives numbers, each feed's next. */
export const numbering = ({ self, feeds, sha256 }: Pick<NumberingDeps, 'self' | 'feeds' | 'sha256'>) => {
  const numbered: NumberedEntry[] = [];
  const heads = new Map<TierCode, { head: number; digest: string }>();
  const send = (destination: TierCode, { hash, position, seq }: Sent) => {
    const { head, digest } = heads.get(destination) ?? feeds.get(ownFeed(self.tier, destination));
    const next = { head: head + 1, digest: nextDigest(sha256, digest, hash) };
    numbered.push({ destination, number: next.head, position, seq, digest: next.digest });
    heads.set(destination, next);
  };
  return { numbered, send };
};

/** What every `source` of this tier begins with, whichever its epoch. */
export const ownPrefix = ({ self }: Pick<ExchangeDeps, 'self'>): string =>
  sourceOf(self).slice(0, -String(self.epoch).length);
