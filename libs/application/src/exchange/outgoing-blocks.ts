import type { CommitSeal } from '@liandong/kernel';
import type { Position, Recorded } from '../ports/event-store.ts';
import type { Feed, LinkEntry, NumberedEntry } from '../ports/link-book.ts';
import type { Block } from '../ports/link-transport.ts';
import { proofTable } from './block-proofs.ts';
import type { ExchangeDeps } from './deps.ts';
import type { FeedTable } from './feed-table.ts';
import { listOnce } from './list-once.ts';
import type { ProveEntries } from './prove-entries.ts';

export const maxBlockEntries = 500;
export const maxBlockBytes = 1_048_576;

export type OutgoingDeps = Pick<ExchangeDeps, 'store' | 'book' | 'self'> & {
  readonly prove: ProveEntries;
};

/**
 * The next block of a feed after a number, of so many entries at most, or `undefined` if a forwarded
 * feed's entries are no longer kept. Never beyond the feed's head: the book may already show what is
 * still being written, and the answer to it would come before this tier knows that it gave the number.
 */
export const nextBlock = async (
  deps: OutgoingDeps,
  feeds: FeedTable,
  feed: Feed,
  after: number,
  most = maxBlockEntries,
): Promise<Block | undefined> => {
  const { book, self } = deps;
  const { head } = feeds.get(feed);
  const limit = Math.min(most, head - after);
  const entries =
    feed.author === self.tier
      ? await ownEntries(deps, feed, after, limit)
      : await book.forwarded(feed, after, limit);
  const [first] = entries;
  if (first?.number !== after + 1) {
    if (feed.author !== self.tier) return undefined;
    throw new Error(`the book lost entry ${after + 1} to ${feed.destination}`);
  }
  return blockOf(feed, head, first.number, entries);
};

const ownEntries = async (
  { store, book, prove }: OutgoingDeps,
  { destination }: Feed,
  after: number,
  most: number,
): Promise<readonly LinkEntry[]> => {
  const numbered = await book.numbered(destination, after, most);
  const records = await recordsAt(store, numbered);
  const stored = numbered.map((entry) => {
    const record = records.get(entry.position);
    if (record === undefined) throw new Error(`the store holds no event at position ${entry.position}`);
    return { entry, record };
  });
  const seals = await store.seals(stored.map(({ record }) => record));
  const proven = await prove(numbered.map(({ seq }) => seq));
  return stored.map(({ entry: { number }, record: { hash, bytes } }, n) => {
    const seal = seals[n];
    if (seal === undefined) throw new Error(`the store lost the seal of event ${hash}`);
    const leaf = proven[n];
    if (leaf === undefined) throw new Error(`nothing proves event ${hash}`);
    return { number, hash, bytes, seal, ...leaf };
  });
};

/** Events that stand close together in the store are read together. */
export const recordsAt = async (
  store: Pick<ExchangeDeps['store'], 'readAll'>,
  numbered: readonly Pick<NumberedEntry, 'position'>[],
): Promise<ReadonlyMap<bigint, Recorded>> => {
  const closeBy = 8n;
  const runs: { from: bigint; to: bigint }[] = [];
  for (const position of numbered
    .map((entry): bigint => entry.position)
    .toSorted((a, b) => (a < b ? -1 : 1))) {
    const run = runs.at(-1);
    if (run !== undefined && position - run.to <= closeBy) run.to = position;
    else runs.push({ from: position, to: position });
  }
  const read = await Promise.all(
    runs.map(({ from, to }) => store.readAll((from - 1n) as Position, Number(to - from) + 1)),
  );
  return new Map(read.flat().map((record) => [record.position, record]));
};

/**
 * As many entries as fit, at least one; what several share travels once. Either all of a
 * block's entries have proofs or none: where that changes, the block ends.
 */
const blockOf = (feed: Feed, head: number, first: number, entries: readonly LinkEntry[]): Block => {
  const seals = listOnce<CommitSeal>(({ signature }) => signature);
  const taken: { seq: number; bytes: Uint8Array; seal: number }[] = [];
  const table = proofTable();
  const proven = entries[0]?.proof !== undefined;
  let size = 0;
  for (const { seq, bytes, seal, proof } of entries) {
    if ((proof !== undefined) !== proven) break;
    size += bytes.length + (seals.has(seal) ? 0 : 100 + 32 * seal.leaves.length);
    if (taken.length > 0 && size + table.byteLength() > maxBlockBytes) break;
    taken.push({ seq, bytes, seal: seals.place(seal) });
    if (proof !== undefined) table.add(proof);
  }
  const proofs = table.proofs();
  return { kind: 'block', feed, first, head, entries: taken, seals: seals.items, ...(proofs && { proofs }) };
};
