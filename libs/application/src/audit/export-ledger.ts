import {
  type Author,
  compareTexts,
  decodeEvent,
  type EventHash,
  fromUtf8,
  ok,
  refuse,
  type Result,
  type Sha256,
  sourceOf,
  type StreamName,
  undeliverable,
  utf8,
} from '@liandong/kernel';
import {
  encodeBundle,
  formatPolicy,
  maxTileLevel,
  type Policy,
  tilePath,
  tilesOfLevel,
  tileWidth,
} from '@liandong/ledger';
import { caseBook, type FactOf } from '../cases/case-book.ts';
import type { NamedKey } from '../ledger/facts.ts';
import { eventsOf } from '../ledger/ledger-files.ts';
import { originOf } from '../ledger/open-epoch.ts';
import { type EventStore, type Recorded, start } from '../ports/event-store.ts';
import type { LedgerBook, SignedLedgerHead } from '../ports/ledger-book.ts';
import {
  encodeIndex,
  encodeKeys,
  encodeSeals,
  type HeldEvent,
  type IndexLine,
  linesPerShard,
  sealsPath,
  shardPath,
  type WriteFile,
} from './folder.ts';
import { readmeOf } from './readme.ts';

export type Exporting = {
  readonly self: Author;
  readonly store: Pick<EventStore, 'readAll' | 'read' | 'seals'>;
  readonly book: Pick<LedgerBook, 'head' | 'anchored' | 'anchorOver' | 'entries' | 'entryOf' | 'tile'>;
  readonly sha256: Sha256;
  readonly factOf: FactOf;
  /** Whose signatures make a head of this ledger; goes into the folder. */
  readonly policy: Policy;
  /** The keys that the trust root names for the ledger's beginning. */
  readonly keys: readonly NamedKey[];
  readonly writeFile: WriteFile;
  /** Told how many leaves are written, of how many. */
  readonly progress?: (written: number, size: number) => void;
};

export type Exported = { readonly origin: string; readonly size: number; readonly streams: number };

export type ExportRefusal =
  /** No head of the ledger satisfies the policy yet. */
  | { readonly code: 'nothing-anchored' }
  /** The store has lost an event that was sealed. */
  | { readonly code: 'sealed-event-gone'; readonly seq: number }
  | { readonly code: 'tile-gone'; readonly path: string };

/**
 * Writes a ledger up to its last anchored head as a folder that stands alone. What the
 * store holds is written as it is, altered or not: it is for the verifier to judge. In
 * memory at any time are one bundle, one stream, and the names of all streams.
 */
export const exportLedger = async (deps: Exporting): Promise<Result<Exported, ExportRefusal>> => {
  const { book, policy, self, writeFile } = deps;
  const all = await streamsOf(deps.store);
  const head = policy.quorum === undefined ? await book.head() : await book.anchored();
  if (head === undefined || head.size === 0) return refuse({ code: 'nothing-anchored' });
  const tiles = await writeTiles(deps, head);
  if (!tiles.ok) return tiles;
  const bundles = await writeBundles(deps, head);
  if (!bundles.ok) return bundles;
  await writeIndex(deps, head, all);
  const origin = originOf(self);
  await writeFile('policy', utf8(formatPolicy(policy)));
  await writeFile('keys', encodeKeys({ source: sourceOf(self), keys: deps.keys }));
  await writeFile('README', utf8(readmeOf(origin, head.size)));
  // Last, so that a folder whose writing was cut short has no checkpoint and verifies as nothing.
  await writeFile('checkpoint', head.note);
  return ok({ origin, size: head.size, streams: all.length });
};

const writeTiles = async (
  { book, writeFile }: Exporting,
  { size }: SignedLedgerHead,
): Promise<Result<undefined, ExportRefusal>> => {
  for (let level = 0; level <= maxTileLevel; level++)
    for (const tile of tilesOfLevel(level, size)) {
      const bytes = await book.tile(tile);
      if (bytes === undefined) return refuse({ code: 'tile-gone', path: tilePath(tile) });
      await writeFile(tilePath(tile), bytes);
    }
  return ok(undefined);
};

const writeBundles = async (
  deps: Exporting,
  { size }: SignedLedgerHead,
): Promise<Result<undefined, ExportRefusal>> => {
  const { store, book, writeFile } = deps;
  for (const { index, width } of tilesOfLevel(0, size)) {
    const first = index * tileWidth;
    const entries = await book.entries(first, first + width);
    const events = await eventsOf(store, entries);
    if (events.length < width) {
      const held = new Set(events.map(({ position }) => position));
      const gone = entries.find(({ position }) => !held.has(position));
      return refuse({ code: 'sealed-event-gone', seq: gone?.seq ?? first + entries.length });
    }
    await writeFile(
      tilePath({ level: 'entries', index, width }),
      encodeBundle(events.map(({ bytes }) => bytes)),
    );
    await writeFile(sealsPath(index, width), await sealsOf(deps, events, first, size));
    deps.progress?.(first + width, size);
  }
  return ok(undefined);
};

const sealsOf = async (
  { store, book }: Exporting,
  events: readonly Recorded[],
  first: number,
  size: number,
): Promise<Uint8Array> => {
  const held = await store.seals(events);
  const signatures = events.map((_, n) => held[n]?.signature.join() ?? '');
  const names = [...new Set(signatures)].filter((name) => name !== '');
  const seals = names.flatMap((name) => held[signatures.indexOf(name)] ?? []);
  // An event without a seal points beyond the list.
  const of = signatures.map((name) => (name === '' ? names.length : names.indexOf(name)));
  const over = await book.anchorOver(first);
  return encodeSeals({
    of,
    seals,
    ...(over !== undefined && over.size <= size && { head: fromUtf8(over.note) }),
  });
};

const streamsOf = async (store: Exporting['store']): Promise<readonly StreamName[]> => {
  const streams = new Set<StreamName>();
  for (let at = start; ;) {
    const page = await store.readAll(at, 1_000);
    const end = page.at(-1);
    if (end === undefined) return [...streams].sort(compareTexts);
    for (const { stream } of page) streams.add(stream);
    at = end.position;
  }
};

const writeIndex = async (
  deps: Exporting,
  { size }: SignedLedgerHead,
  streams: readonly StreamName[],
): Promise<void> => {
  let shard: IndexLine[] = [];
  let shards = 0;
  const flush = async () => {
    if (shard.length > 0) await deps.writeFile(shardPath(shards++), encodeIndex(shard));
    shard = [];
  };
  for (const stream of streams) {
    shard.push(await lineOf(deps, stream, await deps.store.read(stream), size));
    if (shard.length === linesPerShard) await flush();
  }
  await flush();
};

const lineOf = async (
  { self, book, sha256, factOf }: Exporting,
  stream: StreamName,
  past: readonly Recorded[],
  size: number,
): Promise<IndexLine> => {
  const source = sourceOf(self);
  const seqs = new Map<EventHash, number>();
  for (const { hash, source: author } of past) {
    const entry = author === source ? await book.entryOf(hash) : undefined;
    if (entry !== undefined && entry.seq < size) seqs.set(hash, entry.seq);
  }
  // What the keeper did not seal is no event to anybody else.
  const known = past.filter(({ hash, source: author }) => author !== source || seqs.has(hash));
  const own = [...seqs.values()].sort((a, b) => a - b);
  const held = new Map(known.map((recorded) => [recorded.hash, heldOf(recorded)]));
  if (!isCase(stream)) return { stream, own, events: [...held.values()].sort(bySequence) };
  const { order, register } = registerOf(stream, known, factOf, sha256);
  return { stream, own, events: order.flatMap((hash) => held.get(hash) ?? []), register };
};

export const isCase = (stream: StreamName): boolean => stream.startsWith('case-');

export const bySequence = (a: HeldEvent, b: HeldEvent): number =>
  compareTexts(a.source, b.source) || a.sequence - b.sequence;

/** The register of a case, its tail, and what waits, from a set of events alone. */
export const registerOf = (
  stream: StreamName,
  events: readonly Recorded[],
  factOf: FactOf,
  sha256: Sha256,
): { readonly order: readonly EventHash[]; readonly register: NonNullable<IndexLine['register']> } => {
  const book = caseBook(stream, factOf, sha256);
  book.take(events);
  const { registered, digest } = book.file();
  const waiting = undeliverable(book.order()).map(({ hash }) => hash);
  return {
    order: [...book.order().placed.map(({ entry }) => entry.hash), ...waiting.sort(compareTexts)],
    register: { count: registered, digest },
  };
};

const heldOf = ({ hash, source, bytes }: Recorded): HeldEvent => {
  const { sequence, recordedtime } = decodeEvent(bytes);
  return { hash, source, sequence: Number(sequence), recordedtime };
};
