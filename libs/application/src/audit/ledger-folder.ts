import {
  type Author,
  authorOf,
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
  utf8,
} from '@liandong/kernel';
import {
  encodeBundle,
  formatPolicy,
  maxTileLevel,
  parseTilePath,
  type Policy,
  type Tile,
  tileAt,
  tilePath,
  tilesOfLevel,
  tileWidth,
} from '@liandong/ledger';
import type { FactOf } from '../cases/case-book.ts';
import type { NamedKey } from '../ledger/facts.ts';
import { eventsOf } from '../ledger/ledger-files.ts';
import { originOf } from '../ledger/open-epoch.ts';
import { type EventStore, type Position, type Recorded, start } from '../ports/event-store.ts';
import type { LedgerBook, SignedLedgerHead } from '../ports/ledger-book.ts';
import { bySequence, isCase, registerOf } from './case-order.ts';
import {
  encodeIndex,
  encodeKeys,
  encodeSeals,
  type HeldEvent,
  type IndexLine,
  linesPerShard,
  sealsPath,
  shardPath,
} from './folder.ts';
import { readmeOf } from './readme.ts';

export type LedgerFolderDeps = {
  readonly self: Author;
  readonly store: Pick<EventStore, 'readAll' | 'read' | 'seals'>;
  readonly book: Pick<LedgerBook, 'head' | 'anchored' | 'anchorOver' | 'entries' | 'entryOf' | 'tile'>;
  /** The tier's ledgers of its other epochs: what they hold is an event to everybody, too. */
  readonly otherEpochs?: readonly Pick<LedgerBook, 'sealedAmong'>[] | undefined;
  readonly sha256: Sha256;
  readonly factOf: FactOf;
  /** Whose signatures make a head of this ledger; goes into the folder. */
  readonly policy: Policy;
  /** The keys that the trust root names for the ledger's beginning. */
  readonly keys: readonly NamedKey[];
};

/** How much of a ledger and of its store a folder shows. Two folders of one extent are the same to the byte. */
export type Extent = { readonly size: number; readonly through: Position };

export type ExportRefusal =
  /** No head of the ledger satisfies the policy yet. */
  | { readonly code: 'nothing-anchored' }
  /** The store has lost an event that was sealed. */
  | { readonly code: 'sealed-event-gone'; readonly seq: number }
  | { readonly code: 'tile-gone'; readonly path: string };

/** A live ledger as the folder an export of it is. A file is made when it is asked for. */
export type LedgerFolder = {
  readonly origin: string;
  readonly extent: Extent;
  readonly streams: number;
  /**
   * Every file, `checkpoint` last: a folder whose writing was cut short has none, and
   * verifies as nothing.
   */
  readonly paths: () => Generator<string>;
  /** `undefined` for what is no file of the folder. */
  readonly fileAt: (path: string) => Promise<Result<Uint8Array | undefined, ExportRefusal>>;
};

/**
 * Opens the ledger up to its last anchored head, or to the extent of an earlier folder.
 * What the store holds is shown as it is, altered or not: it is for the verifier to judge.
 * In memory at any time are one bundle, one stream, and the names of all streams.
 */
export const openLedgerFolder = async (
  deps: LedgerFolderDeps,
  /** `only`: an index of these streams alone, as their events stand now. */
  { extent, only }: { readonly extent?: Extent; readonly only?: readonly StreamName[] } = {},
): Promise<Result<LedgerFolder, ExportRefusal>> => {
  const { streams, through } = await streamsOf(deps.store, extent?.through, only);
  const head = await headFor(deps, extent?.size);
  if (head === undefined || head.size === 0) return refuse({ code: 'nothing-anchored' });
  const { size } = head;
  const origin = originOf(deps.self);
  const bundleAt = lastMade((index: number) => bundleOf(deps, index, size));

  const made: Readonly<Record<string, () => Uint8Array>> = {
    policy: () => utf8(formatPolicy(deps.policy)),
    keys: () => encodeKeys({ source: sourceOf(deps.self), keys: deps.keys }),
    README: () => utf8(readmeOf(origin, size)),
    checkpoint: () => head.note,
  };

  const fileAt: LedgerFolder['fileAt'] = async (path) => {
    const whole = Object.hasOwn(made, path) ? made[path] : undefined;
    if (whole !== undefined) return ok(whole());
    const place = placeIn(path, size);
    if (place === undefined) return ok(undefined);
    switch (place.kind) {
      case 'tile': {
        const bytes = await deps.book.tile(place.tile);
        return bytes === undefined ? refuse({ code: 'tile-gone', path }) : ok(bytes);
      }
      case 'entries': {
        const bundle = await bundleAt(place.tile.index);
        return bundle.ok ? ok(encodeBundle(bundle.value.map(({ bytes }) => bytes))) : bundle;
      }
      case 'seals': {
        const bundle = await bundleAt(place.tile.index);
        return bundle.ok ? ok(await sealsOf(deps, bundle.value, place.tile.index, size)) : bundle;
      }
      case 'index': {
        const named = streams.slice(place.shard * linesPerShard, (place.shard + 1) * linesPerShard);
        if (named.length === 0) return ok(undefined);
        const lines: IndexLine[] = [];
        for (const stream of named) lines.push(await lineOf(deps, stream, through, size));
        return ok(encodeIndex(lines));
      }
    }
  };
  return ok({
    ...{ origin, extent: { size, through }, streams: streams.length, fileAt },
    paths: () => pathsOf(size, streams.length),
  });
};

const headFor = async (
  { book, policy }: LedgerFolderDeps,
  size: number | undefined,
): Promise<SignedLedgerHead | undefined> => {
  const last = policy.quorum === undefined ? await book.head() : await book.anchored();
  if (size === undefined || last?.size === size) return last;
  const earlier = size > 0 ? await book.anchorOver(size - 1) : undefined;
  return earlier?.size === size ? earlier : undefined;
};

const pathsOf = function* (size: number, streams: number): Generator<string> {
  for (let level = 0; level <= maxTileLevel; level++)
    for (const tile of tilesOfLevel(level, size)) yield tilePath(tile);
  for (const { index, width } of tilesOfLevel(0, size)) {
    yield tilePath({ level: 'entries', index, width });
    yield sealsPath(index, width);
  }
  for (let shard = 0; shard * linesPerShard < streams; shard++) yield shardPath(shard);
  yield* ['policy', 'keys', 'README', 'checkpoint'];
};

type Place =
  | { readonly kind: 'tile' | 'entries' | 'seals'; readonly tile: Tile }
  | { readonly kind: 'index'; readonly shard: number };

/** Every file has one name; nothing is made for another spelling of it. */
const placeIn = (path: string, size: number): Place | undefined => {
  const [folder = ''] = path.split('/', 1);
  const numbered = (as: string) => parseTilePath(path.replace(`${folder}/`, as));
  switch (folder) {
    case 'tile': {
      const tile = parseTilePath(path);
      if (tile === undefined || tileAt(tile.level, tile.index, size)?.width !== tile.width) return undefined;
      return { kind: tile.level === 'entries' ? 'entries' : 'tile', tile };
    }
    case 'seals': {
      const tile = numbered('tile/entries/');
      if (tile === undefined || tileAt('entries', tile.index, size)?.width !== tile.width) return undefined;
      return { kind: 'seals', tile };
    }
    case 'case-index': {
      const tile = numbered('tile/0/');
      return tile?.width === tileWidth ? { kind: 'index', shard: tile.index } : undefined;
    }
  }
  return undefined;
};

/** A bundle and its seals are asked for one after the other. */
const lastMade = <Value>(make: (index: number) => Promise<Value>) => {
  let last: { readonly index: number; readonly value: Promise<Value> } | undefined;
  return (index: number): Promise<Value> => {
    if (last?.index !== index) last = { index, value: make(index) };
    return last.value;
  };
};

const bundleOf = async (
  { store, book }: LedgerFolderDeps,
  index: number,
  size: number,
): Promise<Result<readonly Recorded[], ExportRefusal>> => {
  const first = index * tileWidth;
  const width = Math.min(tileWidth, size - first);
  const entries = await book.entries(first, first + width);
  const events = await eventsOf(store, entries);
  if (events.length === width) return ok(events);
  const held = new Set(events.map(({ position }) => position));
  const gone = entries.find(({ position }) => !held.has(position));
  return refuse({ code: 'sealed-event-gone', seq: gone?.seq ?? first + entries.length });
};

const sealsOf = async (
  { store, book }: LedgerFolderDeps,
  events: readonly Recorded[],
  index: number,
  size: number,
): Promise<Uint8Array> => {
  const held = await store.seals(events);
  const signatures = events.map((_, n) => held[n]?.signature.join() ?? '');
  const names = [...new Set(signatures)].filter((name) => name !== '');
  const seals = names.flatMap((name) => held[signatures.indexOf(name)] ?? []);
  // An event without a seal points beyond the list.
  const of = signatures.map((name) => (name === '' ? names.length : names.indexOf(name)));
  const over = await book.anchorOver(index * tileWidth);
  return encodeSeals({
    of,
    seals,
    ...(over !== undefined && over.size <= size && { head: fromUtf8(over.note) }),
  });
};

const streamsOf = async (
  store: LedgerFolderDeps['store'],
  limit: Position | undefined,
  only: readonly StreamName[] | undefined,
): Promise<{ readonly streams: readonly StreamName[]; readonly through: Position }> => {
  if (only !== undefined) {
    const ends = await Promise.all(
      only.map(async (name) => (await store.read(name)).at(-1)?.position ?? start),
    );
    const through = ends.reduce((last, end) => (end > last ? end : last), start);
    return { streams: only.toSorted(compareTexts), through };
  }
  const streams = new Set<StreamName>();
  for (let at = start; ;) {
    const page = (await store.readAll(at, 1_000)).filter(
      ({ position }) => limit === undefined || position <= limit,
    );
    const end = page.at(-1);
    if (end === undefined) return { streams: [...streams].sort(compareTexts), through: limit ?? at };
    for (const { stream } of page) streams.add(stream);
    at = end.position;
  }
};

const lineOf = async (
  { self, store, book, otherEpochs = [], sha256, factOf }: LedgerFolderDeps,
  stream: StreamName,
  through: Position,
  size: number,
): Promise<IndexLine> => {
  const past = (await store.read(stream)).filter(({ position }) => position <= through);
  const isOwn = ({ source }: Recorded) => authorOf(source)?.tier === self.tier;
  const seqs = new Map<EventHash, number>();
  for (const { hash } of past.filter(isOwn)) {
    const entry = await book.entryOf(hash);
    if (entry !== undefined && entry.seq < size) seqs.set(hash, entry.seq);
  }
  const elsewhere = past.filter((event) => isOwn(event) && !seqs.has(event.hash)).map(({ hash }) => hash);
  const sealed = new Set(
    (await Promise.all(otherEpochs.map((other) => other.sealedAmong(elsewhere)))).flatMap((found) => [
      ...found,
    ]),
  );
  // What the keeper did not seal is no event to anybody else.
  const known = past.filter((event) => !isOwn(event) || seqs.has(event.hash) || sealed.has(event.hash));
  const own = [...seqs.values()].sort((a, b) => a - b);
  const held = new Map(known.map((recorded) => [recorded.hash, heldOf(recorded)]));
  if (!isCase(stream)) return { stream, own, events: [...held.values()].sort(bySequence) };
  const { order, register } = registerOf(stream, known, factOf, sha256);
  return { stream, own, events: order.flatMap((hash) => held.get(hash) ?? []), register };
};

const heldOf = ({ hash, source, bytes }: Recorded): HeldEvent => {
  const { sequence, recordedtime } = decodeEvent(bytes);
  return { hash, source, sequence: Number(sequence), recordedtime };
};
