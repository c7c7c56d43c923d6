import {
  type EventHash,
  eventHash,
  fromHex,
  sameBytes,
  type Sha256,
  type Source,
  toHex,
} from '@liandong/kernel';
import {
  appendLeaves,
  type CompactRange,
  joinHashes,
  rootOf,
  splitHashes,
  tileAt,
  tileWidth,
} from '@liandong/ledger';
import { type EventStore, type Position, type Recorded, start } from '../ports/event-store.ts';
import type { LedgerBook, LedgerEntry, SignedLedgerHead } from '../ports/ledger-book.ts';
import type { ScrubPlace } from '../ports/scrub-places.ts';
import { whatItSays } from './judge-events.ts';

export type ScrubDeps = {
  readonly source: Source;
  readonly store: Pick<EventStore, 'readAll'>;
  readonly book: Pick<LedgerBook, 'head' | 'place' | 'entries' | 'tile' | 'unsealed'>;
  readonly sha256: Sha256;
};

/** The first thing found that is not as it was sealed, and where. */
export type ScrubFinding =
  | {
      readonly code: 'bytes-changed' | 'columns-changed';
      readonly position: Position;
      /** Absent for an event of another tier. */
      readonly seq?: number;
    }
  | { readonly code: 'event-gone'; readonly seq: number; readonly position: Position }
  | { readonly code: 'not-in-the-ledger'; readonly position: Position }
  | { readonly code: 'entry-gone' | 'tile-differs'; readonly seq: number }
  | { readonly code: 'root-differs'; readonly size: number };

export type Scrubbed = {
  /** Where to go on; `undefined` when the round is over. */
  readonly place: ScrubPlace | undefined;
  readonly finding?: ScrubFinding;
};

export const scrubStart: ScrubPlace = { seq: 0, position: start, roots: [] };

/** Unsealed events are few; more than this means that something else is wrong, and is found as that. */
const mostUnsealed = 10_000;

/**
 * Goes over a stretch of the ledger, `tiles` of level 0 long: hashes the stored bytes
 * anew, holds them against the leaves and the leaves against the tiles, and at the end of
 * a round the root over all leaves against the signed head.
 */
export const scrubStretch = async (deps: ScrubDeps, from: ScrubPlace, tiles = 8): Promise<Scrubbed> => {
  const place = await deps.book.place();
  const head = await deps.book.head();
  if (head === undefined) return { place: undefined };

  const to = Math.min(from.seq + tiles * tileWidth, head.size);
  const entries = await deps.book.entries(from.seq, to);
  const missing = firstMissing(entries, from.seq, to);
  if (missing !== undefined) return { place: undefined, finding: { code: 'entry-gone', seq: missing } };

  const leaves = entries.map(({ hash }) => fromHex(hash));
  const torn = await firstInTiles(deps.book, leaves, from.seq, head.size);
  if (torn !== undefined) return { place: undefined, finding: { code: 'tile-differs', seq: torn } };

  const last = to === head.size;
  const range = appendLeaves(deps.sha256, { size: from.seq, roots: from.roots.map(fromHex) }, leaves);
  const end = later(entries.at(-1)?.position ?? from.position, last ? place : start);
  const finding =
    (await firstInStore(deps, entries, from.position, end)) ??
    (last ? rootOfAll(deps, range, head) : undefined);
  if (finding !== undefined) return { place: undefined, finding };
  return { place: last ? undefined : { seq: to, position: end, roots: range.roots.map(toHex) } };
};

const later = (a: Position, b: Position): Position => (a > b ? a : b);

const firstMissing = (entries: readonly LedgerEntry[], from: number, to: number): number | undefined => {
  const gap = entries.findIndex(({ seq }, n) => seq !== from + n);
  if (gap >= 0) return from + gap;
  return entries.length < to - from ? from + entries.length : undefined;
};

/** The first leaf that its tile has otherwise. */
const firstInTiles = async (
  book: ScrubDeps['book'],
  leaves: readonly Uint8Array[],
  from: number,
  size: number,
): Promise<number | undefined> => {
  for (let at = 0; at < leaves.length; at += tileWidth) {
    const tile = tileAt(0, (from + at) / tileWidth, size);
    const stored = tile && (await book.tile(tile));
    const made = leaves.slice(at, at + tileWidth);
    if (stored !== undefined && sameBytes(stored.subarray(0, made.length * 32), joinHashes(made))) continue;
    const row = splitHashes(stored ?? new Uint8Array());
    return from + at + made.findIndex((leaf, n) => !sameBytes(leaf, row[n] ?? new Uint8Array()));
  }
  return undefined;
};

const pageSize = 1_000;

/** Walks the store beside the entries; what lies between them is foreign, or listed as unsealed. */
const firstInStore = async (
  deps: ScrubDeps,
  entries: readonly LedgerEntry[],
  from: Position,
  to: Position,
): Promise<ScrubFinding | undefined> => {
  const unsealed = new Set((await deps.book.unsealed(mostUnsealed)).map(({ position }) => position));
  let next = 0;
  for (let at = from; at < to;) {
    const page = await deps.store.readAll(at, pageSize);
    for (const recorded of page) {
      if (recorded.position > to) break;
      const entry = entries[next];
      if (entry !== undefined && recorded.position > entry.position) return gone(entry);
      const sealed = entry !== undefined && recorded.position === entry.position ? entry : undefined;
      if (sealed !== undefined) next += 1;
      const finding = flawOf(deps, recorded, sealed, unsealed);
      if (finding !== undefined) return finding;
    }
    const end = page.at(-1);
    if (end === undefined) break;
    at = end.position;
  }
  const left = entries[next];
  return left && gone(left);
};

const gone = ({ seq, position }: LedgerEntry): ScrubFinding => ({ code: 'event-gone', seq, position });

const flawOf = (
  { sha256, source }: ScrubDeps,
  recorded: Recorded,
  entry: LedgerEntry | undefined,
  unsealed: ReadonlySet<Position>,
): ScrubFinding | undefined => {
  const { position } = recorded;
  // Why it was not sealed is written down, and it leaves the tier nowhere.
  if (entry === undefined && unsealed.has(position)) return undefined;
  const where = { position, ...(entry && { seq: entry.seq }) };
  const hash: EventHash = eventHash(sha256, recorded.bytes);
  if (hash !== (entry?.hash ?? recorded.hash)) return { code: 'bytes-changed', ...where };
  if (hash !== recorded.hash || whatItSays(recorded) === undefined)
    return { code: 'columns-changed', ...where };
  return entry === undefined && recorded.source === source
    ? { code: 'not-in-the-ledger', position }
    : undefined;
};

const rootOfAll = (
  { sha256 }: ScrubDeps,
  range: CompactRange,
  { size, root }: SignedLedgerHead,
): ScrubFinding | undefined =>
  sameBytes(rootOf(sha256, range), root) ? undefined : { code: 'root-differs', size };
