import { describe, expect, it } from '@jest/globals';
import type { EventHash } from '@liandong/kernel';
import type { Position } from '../ports/event-store.ts';
import type { LedgerEntry } from '../ports/ledger-book.ts';
import type { LedgerFiles } from './ledger-links.ts';
import { sealedSoFar } from './sealed-so-far.ts';

/** A ledger of `signed` leaves, of which `anchored` may leave. */
const ledger = (name: string, signed: number, anchored?: number): LedgerFiles => ({
  anchored: async () =>
    anchored === undefined
      ? undefined
      : { size: anchored, root: new Uint8Array(), note: new Uint8Array(), at: '' },
  entries: async (from, to) =>
    Array.from({ length: signed }, (_, seq): LedgerEntry => {
      return { seq, position: BigInt(seq + 1) as Position, hash: `${name}${seq}` as EventHash };
    }).slice(from, to),
  tile: async () => undefined,
});

describe('all that a tier has sealed', () => {
  const [first, second, third] = [ledger('a', 5, 3), ledger('b', 2, 2), ledger('c', 4, 4)];
  const sealed = sealedSoFar({ former: [first, second], book: third });

  it('is counted through, each ledger to the head that was cosigned last', async () => {
    expect(await sealed.size()).toBe(9);
    expect((await sealed.entries(0, 99)).map(({ seq, hash }) => `${seq} ${hash}`)).toEqual([
      ...['0 a0', '1 a1', '2 a2', '3 b0', '4 b1'],
      ...['5 c0', '6 c1', '7 c2', '8 c3'],
    ]);
    expect((await sealed.entries(2, 6)).map(({ hash }) => hash)).toEqual(['a2', 'b0', 'b1', 'c0']);
  });

  it('names the ledger that holds a leaf, and its place there', async () => {
    const places = await Promise.all([2, 3, 5].map(sealed.leafAt));
    expect(places).toEqual([
      { book: first, seq: 2 },
      { book: second, seq: 0 },
      { book: third, seq: 0 },
    ]);
  });

  it('is the one ledger where there was none before', async () => {
    const alone = sealedSoFar({ book: first });
    expect(await alone.size()).toBe(3);
    expect(await alone.leafAt(2)).toEqual({ book: first, seq: 2 });
  });
});
