import { sha256 } from '@liandong/adapters/crypto';
import type {
  AcquireLedgerLease,
  LedgerBatch,
  LedgerBook,
  LedgerLease,
  LedgerStandings,
  Position,
  ScrubPlaces,
} from '@liandong/application';
import { type EventHash, fromHex, utf8 } from '@liandong/kernel';
import {
  edgeFrom,
  edgeTiles,
  growEdge,
  emptyEdge,
  rootOfEdge,
  type TileEdge,
  tilePath,
  newTiles,
} from '@liandong/ledger';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';

export type OpenLedgerBook = () => Promise<{
  readonly book: LedgerBook;
  readonly acquireLease: AcquireLedgerLease;
  readonly scrubPlaces: ScrubPlaces;
  readonly standings: LedgerStandings;
  readonly close: () => Promise<void>;
}>;

const hash = (): EventHash => randomBytes(32).toString('hex') as EventHash;
const at = '2026-03-02T01:00:00.000Z';
const given = <Value>(value: Value | undefined): Value => {
  if (value === undefined) throw new Error('not there');
  return value;
};

/** Every promise of the port `LedgerBook`, of the lease, of the scrub's places and of what the counter reads. */
export const ledgerBookContract = (name: string, open: OpenLedgerBook): void => {
  describe(`the ledger book in ${name}`, () => {
    let book: LedgerBook;
    let acquireLease: AcquireLedgerLease;
    let scrubPlaces: ScrubPlaces;
    let standings: LedgerStandings;
    let close = async () => {};
    let lease: LedgerLease;
    let edge: TileEdge = emptyEdge;
    let position = 0n;

    const acquire = async (): Promise<LedgerLease> => {
      const given = await acquireLease();
      if (given === undefined) throw new Error('the lease is not free');
      return given;
    };

    beforeAll(async () => {
      ({ book, acquireLease, scrubPlaces, standings, close } = await open());
      lease = await acquire();
    });
    afterAll(async () => {
      await lease.release();
      await close();
    });

    /** A batch of so many fresh entries on the tree as it stands, and the tree it makes. */
    const batchOf = (count: number, changes: Partial<LedgerBatch> = {}) => {
      const hashes = Array.from({ length: count }, hash);
      const grown = growEdge(sha256, edge, hashes.map(fromHex));
      const entries = hashes.map((each, n) => ({
        seq: edge.size + n,
        position: (position + BigInt(2 * n + 1)) as Position,
        hash: each,
      }));
      const { size } = grown.edge;
      const batch: LedgerBatch = {
        fence: lease.fence,
        from: edge.size,
        entries,
        tiles: grown.tiles,
        unsealed: [],
        head: { size, root: rootOfEdge(sha256, grown.edge), note: utf8(`head ${size}`) },
        through: (position + BigInt(2 * count)) as Position,
        ...changes,
      };
      return { batch, edge: grown.edge };
    };

    const extend = async (count: number, changes: Partial<LedgerBatch> = {}) => {
      const made = batchOf(count, changes);
      expect(await book.extend(made.batch)).toBe(true);
      edge = made.edge;
      position = made.batch.through;
      return made.batch;
    };

    it('is empty at first', async () => {
      expect(await book.head()).toBeUndefined();
      expect(await book.place()).toBe(0n);
      expect(await book.anchored()).toBeUndefined();
      expect(await book.anchorOver(0)).toBeUndefined();
      expect(await book.entries(0, 10)).toEqual([]);
      expect(await book.unsealed(10)).toEqual([]);
      expect(await book.tile({ level: 0, index: 0, width: 1 })).toBeUndefined();
      expect(await scrubPlaces.load()).toBeUndefined();
      expect(await standings.of([])).toEqual(new Map());
      expect(await standings.anchoredSize()).toBe(0);
    });

    it('gives back what a batch brought', async () => {
      const flawed = { position: 6n as Position, hash: hash(), reason: 'no-seal', at } as const;
      const batch = await extend(3, { unsealed: [flawed] });
      expect(await book.head()).toEqual(batch.head);
      expect(await book.place()).toBe(batch.through);
      expect(await book.entries(0, 3)).toEqual(batch.entries);
      expect(await book.entries(1, 2)).toEqual(batch.entries.slice(1, 2));
      expect(await book.entryOf(given(batch.entries[2]).hash)).toEqual(batch.entries[2]);
      expect(await book.entryOf(hash())).toBeUndefined();
      const [one, other] = [given(batch.entries[0]).hash, hash()];
      expect(await book.sealedAmong([one, other])).toEqual(new Set([one]));
      expect(await book.unsealed(10)).toEqual([flawed]);
    });

    it('lists the newest unsealed event first', async () => {
      const flawed = (n: number) =>
        ({
          position: (position + BigInt(n)) as Position,
          hash: hash(),
          reason: 'bytes-changed',
          at,
        }) as const;
      const [first, second] = [flawed(1), flawed(2)];
      await extend(1, { unsealed: [first, second], through: (position + 2n) as Position });
      expect(await book.unsealed(1)).toEqual([second]);
    });

    it('moves on without a new head where there is nothing to seal', async () => {
      const head = await book.head();
      const through = (position + 5n) as Position;
      const { batch } = batchOf(0);
      expect(await book.extend({ ...batch, head: given(head), through })).toBe(true);
      position = through;
      expect(await book.head()).toEqual(head);
      expect(await book.place()).toBe(through);
    });

    it.each([
      ['a smaller size', { from: -1 }],
      ['a larger size', { from: 1 }],
    ])('takes no batch that continues %s', async (_, { from }) => {
      const before = await book.head();
      const { batch } = batchOf(2);
      const moved = {
        ...batch,
        from: batch.from + from,
        entries: batch.entries.map((entry) => ({ ...entry, seq: entry.seq + from })),
        head: { ...batch.head, size: batch.head.size + from },
      };
      expect(await book.extend(moved)).toBe(false);
      expect(await book.head()).toEqual(before);
      expect(await book.place()).toBe(position);
      expect(await book.entryOf(given(batch.entries[0]).hash)).toBeUndefined();
    });

    it('takes no batch twice', async () => {
      const { batch } = batchOf(2);
      await extend(2);
      expect(await book.extend(batch)).toBe(false);
      expect(await book.entryOf(given(batch.entries[0]).hash)).toBeUndefined();
    });

    it('refuses a batch whose numbers are wrong', async () => {
      const { batch } = batchOf(2);
      await expect(book.extend({ ...batch, entries: batch.entries.toReversed() })).rejects.toThrow(
        RangeError,
      );
      await expect(
        book.extend({ ...batch, head: { ...batch.head, size: batch.head.size + 1 } }),
      ).rejects.toThrow(RangeError);
    });

    it('lets exactly one of two batches on one head in', async () => {
      const made = [batchOf(1), batchOf(2), batchOf(3)];
      const outcomes = await Promise.all(made.map(({ batch }) => book.extend(batch)));
      expect(outcomes.filter(Boolean)).toHaveLength(1);
      const winner = given(made[outcomes.indexOf(true)]);
      ({ edge } = winner);
      position = winner.batch.through;
      expect(await book.head()).toEqual(winner.batch.head);
      for (const { batch } of made)
        expect((await book.entryOf(given(batch.entries[0]).hash)) !== undefined).toBe(batch === winner.batch);
    });

    it('gives the lease to one holder at a time, and takes nothing under an older one', async () => {
      expect(await acquireLease()).toBeUndefined();
      const stale = lease;
      await stale.release();
      lease = await acquire();
      expect(lease.fence).toBeGreaterThan(stale.fence);
      const before = await book.head();
      expect(await book.extend(batchOf(1, { fence: stale.fence }).batch)).toBe(false);
      expect(await book.extend(batchOf(1, { fence: lease.fence + 1n }).batch)).toBe(false);
      expect(await book.head()).toEqual(before);
      await extend(1);
    });

    it('serves every tile of every size it ever had, over two levels', async () => {
      const sizes: number[] = [];
      const roots = new Map<number, Uint8Array>();
      for (const count of [200, 50, 1, 400, 256, 13]) {
        await extend(count);
        sizes.push(edge.size);
        roots.set(edge.size, rootOfEdge(sha256, edge));
      }
      for (const size of sizes) {
        const tiles = new Map<string, Uint8Array>();
        for (const tile of edgeTiles(size)) {
          const bytes = await book.tile(tile);
          expect(bytes).toHaveLength(tile.width * 32);
          tiles.set(tilePath(tile), given(bytes));
        }
        const served = edgeFrom(size, (tile) => tiles.get(tilePath(tile)));
        expect(rootOfEdge(sha256, given(served))).toEqual(roots.get(size));
      }
      for (const tile of newTiles(0, edge.size)) expect(await book.tile(tile)).toHaveLength(tile.width * 32);
    });

    it('has no tile beyond its size, and none of entries', async () => {
      const { width } = given(edgeTiles(edge.size)[0]);
      const index = Math.floor(edge.size / 256);
      expect(await book.tile({ level: 0, index, width: width + 1 })).toBeUndefined();
      expect(await book.tile({ level: 0, index: index + 1, width: 1 })).toBeUndefined();
      expect(await book.tile({ level: 6, index: 0, width: 1 })).toBeUndefined();
      expect(await book.tile({ level: 63, index: 0, width: 1 })).toBeUndefined();
      expect(await book.tile({ level: 'entries', index: 0, width: 1 })).toBeUndefined();
    });

    it('keeps the largest anchored head, and of each leaf the first that anchored it', async () => {
      const anchor = (size: number, minute: number) => ({
        size,
        root: fromHex(hash()),
        note: utf8(`anchored ${size} ${minute}`),
        at: `2026-03-02T01:0${minute}:00.000Z`,
      });
      const [small, first, again, last] = [anchor(5, 1), anchor(9, 2), anchor(9, 3), anchor(9, 4)];
      for (const head of [small, first, again, last]) await book.anchor(head);
      expect(await book.anchored()).toEqual(last);
      await book.anchor(anchor(7, 5));
      expect(await book.anchored()).toEqual(last);
      expect(await book.anchorOver(4)).toEqual(small);
      expect(await book.anchorOver(5)).toEqual(first);
      expect(await book.anchorOver(9)).toBeUndefined();
    });

    it('tells the counter how far each of its events has come', async () => {
      const [early, late] = await Promise.all([book.entries(4, 5), book.entries(9, 10)]);
      const hashes = [...early, ...late].map((entry) => entry.hash);
      expect(await standings.of([...hashes, hash()])).toEqual(
        new Map([
          [hashes[0], { seq: 4, anchored: { size: 5, at: '2026-03-02T01:01:00.000Z' } }],
          [hashes[1], { seq: 9, anchored: undefined }],
        ]),
      );
      expect(await standings.anchoredSize()).toBe(9);
    });

    it('keeps where the scrub stands until a round is over', async () => {
      const place = { seq: 512, position: 900n as Position, roots: [hash(), hash()] };
      await scrubPlaces.save({ ...place, seq: 256 });
      await scrubPlaces.save(place);
      expect(await scrubPlaces.load()).toEqual(place);
      await scrubPlaces.save(undefined);
      expect(await scrubPlaces.load()).toBeUndefined();
    });
  });
};
