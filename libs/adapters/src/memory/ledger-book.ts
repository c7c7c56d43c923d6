import {
  type AcquireLedgerLease,
  type AnchoredLedgerHead,
  type LedgerBook,
  type LedgerEntry,
  type LedgerStanding,
  type LedgerStandings,
  type Position,
  type ScrubPlace,
  type ScrubPlaces,
  type SignedLedgerHead,
  start,
  type Unsealed,
} from '@liandong/application';
import type { EventHash } from '@liandong/kernel';
import { hashBytes, maxTileLevel } from '@liandong/ledger';

export type MemoryLedgerBook = LedgerBook & {
  readonly acquireLease: AcquireLedgerLease;
  readonly scrubPlaces: ScrubPlaces;
  readonly standings: LedgerStandings;
};

/** A ledger that is forgotten with its process. For tests of what stands on a ledger. */
export const memoryLedgerBook = (): MemoryLedgerBook => {
  const entries: LedgerEntry[] = [];
  const bySeal = new Map<EventHash, LedgerEntry>();
  const tiles = new Map<string, Uint8Array>();
  const unsealed: Unsealed[] = [];
  const anchors: AnchoredLedgerHead[] = [];
  let head: SignedLedgerHead | undefined;
  let place: Position = start;
  let fence = 0n;
  let held = false;
  let scrubbed: ScrubPlace | undefined;

  const extend: LedgerBook['extend'] = async (batch) => {
    if (batch.fence !== fence || batch.from !== (head?.size ?? 0) || batch.through < place) return false;
    if (batch.entries.some(({ seq }, n) => seq !== batch.from + n))
      throw new RangeError('entries are numbered on from the head');
    if (batch.head.size !== batch.from + batch.entries.length)
      throw new RangeError('the new head covers the entries and nothing else');
    for (const entry of batch.entries) bySeal.set(entry.hash, entry);
    entries.push(...batch.entries);
    for (const { tile, bytes } of batch.tiles) tiles.set(`${tile.level} ${tile.index}`, bytes.slice());
    unsealed.push(...batch.unsealed);
    if (head === undefined || batch.entries.length > 0) head = batch.head;
    place = batch.through;
    return true;
  };

  return {
    head: async () => head,
    place: async () => place,
    extend,
    anchored: async () => anchors.at(-1),
    anchor: async (next) => {
      const last = anchors.at(-1);
      if (last !== undefined && next.size < last.size) return;
      if (last?.size === next.size && anchors.at(-2)?.size === next.size) anchors.pop();
      anchors.push(next);
    },
    anchorOver: async (seq) => anchors.find(({ size }) => size > seq),
    tile: async ({ level, index, width }) => {
      if (level === 'entries' || level > maxTileLevel) return undefined;
      const bytes = tiles.get(`${level} ${index}`);
      return bytes !== undefined && bytes.length >= width * hashBytes
        ? bytes.slice(0, width * hashBytes)
        : undefined;
    },
    entries: async (from, to) => entries.slice(from, to),
    entryOf: async (hash) => bySeal.get(hash),
    sealedAmong: async (hashes) => new Set(hashes.filter((hash) => bySeal.has(hash))),
    unsealed: async (limit) => unsealed.toReversed().slice(0, limit),

    acquireLease: async () => {
      if (held) return undefined;
      held = true;
      fence += 1n;
      return {
        fence,
        lost: new AbortController().signal,
        release: async () => {
          held = false;
        },
      };
    },
    scrubPlaces: {
      load: async () => scrubbed,
      save: async (next) => {
        scrubbed = next;
      },
    },
    standings: {
      of: async (hashes) =>
        new Map(
          hashes.flatMap((hash): [EventHash, LedgerStanding][] => {
            const seq = bySeal.get(hash)?.seq;
            if (seq === undefined) return [];
            const over = anchors.find(({ size }) => size > seq);
            return [[hash, { seq, anchored: over && { size: over.size, at: over.at } }]];
          }),
        ),
      anchoredSize: async () => anchors.at(-1)?.size ?? 0,
    },
  };
};
