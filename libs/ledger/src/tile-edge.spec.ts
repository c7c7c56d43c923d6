import { describe, expect, it } from '@jest/globals';
import { utf8 } from '@liandong/kernel';
import fc from 'fast-check';
import { sampleLog } from '../test/sample-log.ts';
import { sha256 } from '../test/suite.ts';
import { appendLeaves, emptyRange, rootOf } from './compact-range.ts';
import { proveConsistency, verifyConsistency } from './consistency.ts';
import { type Hash, leafHash } from './hash.ts';
import { proveInclusion, verifyInclusion } from './inclusion.ts';
import { newTiles, tilePath } from './tile.ts';
import { edgeFrom, edgeTiles, emptyEdge, growEdge, rootOfEdge, type TileEdge } from './tile-edge.ts';
import { nodesInTiles } from './tile-reader.ts';

const total = 70_000;
const leaves: readonly Hash[] = Array.from({ length: total }, (_, n) => leafHash(sha256, utf8(`${n}`)));

/** Roots of all the sizes looked at, each from the leaves alone. */
const rootsAt = (sizes: readonly number[]): ReadonlyMap<number, Hash> => {
  let range = emptyRange;
  return new Map(
    sizes
      .toSorted((a, b) => a - b)
      .map((size) => {
        range = appendLeaves(sha256, range, leaves.slice(range.size, size));
        return [size, rootOf(sha256, range)] as const;
      }),
  );
};

const grow = (batches: readonly number[]) => {
  const files = new Map<string, Uint8Array>();
  let edge: TileEdge = emptyEdge;
  for (const batch of batches) {
    const grown = growEdge(sha256, edge, leaves.slice(edge.size, edge.size + batch));
    expect(new Set(grown.tiles.map(({ tile }) => tilePath(tile)))).toEqual(
      new Set(newTiles(edge.size, grown.edge.size).map(tilePath)),
    );
    for (const { tile, bytes } of grown.tiles) files.set(tilePath(tile), bytes);
    edge = grown.edge;
  }
  return { edge, files };
};

const sizes = [1, 2, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 69_999, 70_000];

describe('a tree kept in tiles', () => {
  it('has the root of its leaves at every size, three tile levels high', () => {
    const roots = rootsAt(sizes);
    let edge: TileEdge = emptyEdge;
    expect(rootOfEdge(sha256, edge)).toEqual(sha256());
    for (const size of sizes) {
      edge = growEdge(sha256, edge, leaves.slice(edge.size, size)).edge;
      expect(rootOfEdge(sha256, edge)).toEqual(roots.get(size));
    }
    expect(edge.levels.map((row) => row.length)).toEqual([112, 17, 1]);
  });

  it('is the same however it was appended to, and goes on from its partial tiles', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 8 }), (batches) => {
        const size = batches.reduce((sum, batch) => sum + batch, 0);
        const [split, whole] = [grow(batches), grow([size])];
        expect(split.edge).toEqual(whole.edge);
        for (const [path, bytes] of whole.files) expect(split.files.get(path)).toEqual(bytes);
        expect(edgeFrom(size, (tile) => split.files.get(tilePath(tile)))).toEqual(split.edge);
        expect(rootOfEdge(sha256, split.edge)).toEqual(
          rootOf(sha256, appendLeaves(sha256, emptyRange, leaves.slice(0, size))),
        );
      }),
      { numRuns: 25 },
    );
  });

  it('does not go on from a tile that is missing or cut', () => {
    const { files } = grow([700]);
    expect(edgeTiles(700).map(tilePath)).toEqual(['tile/0/002.p/188', 'tile/1/000.p/2']);
    expect(edgeFrom(700, () => undefined)).toBeUndefined();
    expect(edgeFrom(700, (tile) => files.get(tilePath(tile))?.subarray(1))).toBeUndefined();
  });

  it('proves what is in it out of its tiles, between any sizes up to 70,000', async () => {
    const { files } = grow([...sizes.map((size, n) => size - (sizes[n - 1] ?? 0))]);
    const roots = rootsAt(sizes);
    const readIn = (size: number) => nodesInTiles(sha256, async (tile) => files.get(tilePath(tile)), size);
    for (const size of sizes)
      for (const index of [0, 1, 255, 256, 511, 65_535, 65_536, size - 1].filter((at) => at < size)) {
        const proof = (await proveInclusion(sha256, readIn(size), index, size))!;
        const claim = { leaf: leaves[index]!, index, size, root: roots.get(size)!, proof };
        expect(verifyInclusion(sha256, claim).ok).toBe(true);
      }
    for (const larger of sizes)
      for (const smaller of sizes.filter((size) => size <= larger)) {
        const proof = (await proveConsistency(sha256, readIn(larger), smaller, larger))!;
        const [smallerRoot, largerRoot] = [roots.get(smaller)!, roots.get(larger)!];
        expect(verifyConsistency(sha256, { smaller, larger, smallerRoot, largerRoot, proof }).ok).toBe(true);
      }
  });

  it('has no proof to give where a tile is missing or cut', async () => {
    const { files } = sampleLog(700);
    const read = (alter: (path: string) => Uint8Array | undefined) =>
      proveInclusion(
        sha256,
        nodesInTiles(sha256, async (tile) => alter(tilePath(tile)), 700),
        3,
        700,
      );
    expect(await read((path) => files.get(path))).toHaveLength(10);
    expect(await read((path) => (path === 'tile/0/000' ? undefined : files.get(path)))).toBeUndefined();
    expect(await read((path) => files.get(path)?.subarray(32))).toBeUndefined();
  });
});
