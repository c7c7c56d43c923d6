import { describe, expect, it } from '@jest/globals';
import { sha256 } from '@liandong/adapters/crypto';
import { type EventHash, fromHex, sourceOf, type TierCode, toHex } from '@liandong/kernel';
import { emptyEdge, growEdge, rootOfEdge, type SignedHead, tilePath } from '@liandong/ledger';
import type { ExportFault } from './faults.ts';
import { compareEpochs } from './verify-epochs.ts';
import type { ExportFolder, VerifiedLedger } from './verify-ledger.ts';

const leaves = Array.from({ length: 9 }, (_, n) => toHex(new Uint8Array(32).fill(n)) as EventHash);
const rootOf = (size: number) => toHex(rootOfEdge(sha256, grown(size).edge));
const grown = (size: number) => growEdge(sha256, emptyEdge, leaves.slice(0, size).map(fromHex));

const origin = (epoch: number) => `test.example/431021/${epoch}`;

/** A ledger of the county as far as its own verification has come. */
const ledger = (
  epoch: number,
  size: number,
  more: Partial<VerifiedLedger> = {},
): VerifiedLedger & ExportFolder => {
  const files = new Map(grown(size).tiles.map(({ tile, bytes }) => [tilePath(tile), bytes]));
  const head = { checkpoint: { origin: origin(epoch), size, root: fromHex(rootOf(size)) } };
  return {
    ...{ name: `county/${epoch}`, folder: `county/${epoch}`, checked: size, faults: [], size },
    source: sourceOf({ network: 'test.example', tier: '431021' as TierCode, epoch }),
    head: { ...head, verified: [] } as unknown as SignedHead,
    readFile: async (path) => files.get(path),
    ...more,
  };
};
const city = (size: number): VerifiedLedger & ExportFolder => ({
  ...ledger(1, 3),
  name: 'city',
  source: sourceOf({ network: 'test.example', tier: '431000' as TierCode, epoch: 1 }),
  head: { checkpoint: { origin: 'test.example/431000/1', size: 3, root: fromHex(rootOf(3)) } } as SignedHead,
  anchors: [{ origin: origin(1), size, root: rootOf(size), seq: 2 }],
});

const opening = (size: number, { stored = size, root = rootOf(size) } = {}) => ({
  opening: {
    ...{ seq: 4, epoch: 2, reason: 'r' },
    previous: {
      origin: origin(1),
      epoch: 1,
      stored,
      known: size,
      cosigned: { origin: origin(1), size, root },
    },
  },
});

const missing = { code: 'epoch-before-missing', folder: 'county/2', author: origin(1) };

const found = async (
  ...ledgers: readonly (VerifiedLedger & ExportFolder)[]
): Promise<readonly ExportFault[]> => {
  const faults: ExportFault[] = [];
  await compareEpochs(sha256, ledgers, (fault) => void faults.push(fault));
  return faults;
};

describe('a ledger that follows on another', () => {
  it('is held to nothing where that one ended as it says, and every leaf can be shown', async () => {
    expect(await found(ledger(1, 7), ledger(2, 5, opening(7)), city(6))).toEqual([]);
    expect(await found(ledger(1, 7))).toEqual([]);
  });

  it('is told on without the one before it, whether or not it says where that ended', async () => {
    expect(await found(ledger(2, 5, opening(7)))).toEqual([missing]);
    expect(await found(ledger(2, 5))).toEqual([missing]);
  });

  it('is told on when it begins below what was cosigned, whoever shows it', async () => {
    const below = { code: 'epoch-below-cosigned', folder: 'county/2', seq: 4, size: 5 };
    expect(await found(ledger(2, 5, opening(5)), city(6))).toEqual([
      missing,
      { ...below, cosigned: 6, seenBy: 'city' },
    ]);
    expect(await found(ledger(1, 7), ledger(2, 5, opening(5)), city(6))).toEqual([
      { ...below, cosigned: 7, seenBy: 'county/1' },
    ]);
  });

  it('is told on when leaves before it are lost, by its own word or by what can be shown', async () => {
    const lost = { code: 'epoch-lost-events', folder: 'county/2', seq: 4, from: 5, to: 7 };
    expect(await found(ledger(2, 5, opening(7, { stored: 5 })))).toEqual([missing, lost]);
    expect(await found(ledger(1, 5), ledger(2, 5, opening(7)))).toEqual([lost]);
  });

  it('is told on when it names another root, or no end at all', async () => {
    expect(await found(ledger(1, 7), ledger(2, 5, opening(7, { root: rootOf(6) })))).toEqual([
      { code: 'epoch-root-differs', folder: 'county/2', seq: 4, author: 'county/1', size: 7 },
    ]);
    expect(await found(ledger(1, 7), ledger(2, 5))).toEqual([
      { code: 'epoch-not-opened', folder: 'county/2', author: 'county/1' },
    ]);
  });
});
