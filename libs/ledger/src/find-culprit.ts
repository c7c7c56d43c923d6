import { sameBytes, type Sha256 } from '@liandong/kernel';
import type { Checkpoint } from './checkpoint.ts';
import { type Hash, hashBytes } from './hash.ts';
import { climb, inclusionSpans } from './inclusion.ts';
import { readSpans } from './node.ts';
import { type Tile, tilePath, tileWidth } from './tile.ts';
import { nodesInTiles, type ReadTile } from './tile-reader.ts';

/** Which of two files is not what was signed, where they differ. */
export type Culprit = 'tile' | 'entries' | 'unproven';

type Difference = {
  readonly tile: Tile;
  /** What the entries make of the tile, and what is stored. */
  readonly bytes: Uint8Array;
  readonly stored: Uint8Array;
  /** The first hash in which they differ. */
  readonly hash: number;
};

/**
 * The signed root decides: the hash from which the other stored tiles lead up to it is
 * the one that was signed, and the other is not.
 */
export const findCulprit = async (
  sha256: Sha256,
  readFile: (path: string) => Promise<Uint8Array | undefined>,
  { size, root }: Checkpoint,
  { tile, bytes, stored, hash }: Difference,
): Promise<Culprit> => {
  const leads = async (candidate: Uint8Array): Promise<boolean> => {
    const readTile: ReadTile = async (wanted) =>
      tilePath(wanted) === tilePath(tile) ? candidate : readFile(tilePath(wanted));
    const found = await rootAbove(sha256, readTile, size, tile, hash, hashIn(candidate, hash));
    return found !== undefined && sameBytes(found, root);
  };
  if (await leads(bytes)) return 'tile';
  return (await leads(stored)) ? 'entries' : 'unproven';
};

const hashIn = (tile: Uint8Array, n: number): Hash => tile.subarray(n * hashBytes, (n + 1) * hashBytes);

/** The root that one hash of a tile leads to, with its siblings taken from the tiles. */
const rootAbove = async (
  sha256: Sha256,
  readTile: ReadTile,
  size: number,
  { level, index }: Tile,
  hash: number,
  candidate: Hash,
): Promise<Hash | undefined> => {
  const leaves = level === 'entries' ? 1 : tileWidth ** level;
  const first = (index * tileWidth + hash) * leaves;
  const spans = inclusionSpans(first, size).filter(({ from, to }) => from >= first + leaves || to <= first);
  const siblings = await readSpans(sha256, nodesInTiles(sha256, readTile, size), spans);
  return siblings && climb(sha256, candidate, first, spans, siblings);
};
