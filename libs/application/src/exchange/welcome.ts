import type { StreamName } from '@liandong/kernel';
import type { Recorded } from '../ports/event-store.ts';
import type { RelayPlace } from '../ports/link-book.ts';
import { isPublicStream, isSupervisedStream } from './audience.ts';
import type { ExchangeDeps } from './deps.ts';
import { ownFeed } from './feed-table.ts';
import { numbering, type NumberingDeps } from './number-page.ts';
import { recordsAt } from './outgoing-blocks.ts';
import { sealedSoFar } from './sealed-so-far.ts';

type WelcomeDeps = NumberingDeps & Pick<ExchangeDeps, 'store' | 'ledger'>;

const pageSize = 500;

/** Stands in the book's audiences for all public streams together. */
const publicStreams = 'public' as StreamName;

/** A tier that was added to the network gets everything public that was said before, and one above every card. */
export const welcomeNewTiers = async (deps: WelcomeDeps, place: RelayPlace) => {
  const { book, feeds, self, tree } = deps;
  const welcomed = (await book.audiences([publicStreams])).get(publicStreams) ?? [];
  const newcomers = tree.region(self.tier).filter((tier) => !welcomed.includes(tier));
  if (newcomers.length === 0) return;
  const above = tree.superiors(self.tier);
  const { numbered, send } = numbering(deps);
  for (const { record, seq } of await saidSoFar(deps, place)) {
    const { stream } = record;
    if (!isPublicStream(stream) && !isSupervisedStream(stream)) continue;
    const concerned = isPublicStream(stream) ? newcomers : newcomers.filter((tier) => above.includes(tier));
    for (const tier of concerned) send(tier, { ...record, seq });
  }
  await book.relay({
    after: place,
    through: place,
    known: [],
    audience: newcomers.map((tier) => ({ stream: publicStreams, tier })),
    numbered,
  });
  for (const { destination, number, digest } of numbered)
    feeds.set(ownFeed(self.tier, destination), { head: number, digest });
};

type Said = { readonly record: Pick<Recorded, 'stream' | 'hash' | 'position'>; readonly seq: number };

/** The own events that were numbered so far, in their order. */
const saidSoFar = async (
  { store, ledger: { own } }: WelcomeDeps,
  { seq: numbered }: RelayPlace,
): Promise<readonly Said[]> => {
  const said: Said[] = [];
  const sealed = sealedSoFar(own);
  while (said.length < numbered) {
    const entries = await sealed.entries(said.length, Math.min(numbered, said.length + pageSize));
    const records = await recordsAt(store, entries);
    for (const { seq, position, hash } of entries) {
      const stream = records.get(position)?.stream;
      if (stream === undefined || seq !== said.length)
        throw new Error(`the ledger lost entry ${said.length}`);
      said.push({ record: { stream, hash, position }, seq });
    }
    if (entries.length === 0) throw new Error(`the ledger lost entry ${said.length}`);
  }
  return said;
};
