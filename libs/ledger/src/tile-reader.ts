import type { Sha256 } from '@liandong/kernel';
import { foldHashes, type Hash, hashBytes, splitHashes } from './hash.ts';
import type { ReadNodes } from './node.ts';
import { type Tile, tileOfNode, tilePath } from './tile.ts';

/**
 * The bytes of one tile. A store that has only the finished tile left where an unfinished
 * one is asked for answers with the first `width` hashes of it.
 */
export type ReadTile = (tile: Tile) => Promise<Uint8Array | undefined>;

/**
 * Reads the nodes of a tree of this size out of its tiles, each tile once a call. Nothing
 * is believed: what is made of the nodes must be verified against a signed root.
 */
export const nodesInTiles =
  (sha256: Sha256, readTile: ReadTile, size: number): ReadNodes =>
  async (nodes) => {
    const places = nodes.map((node) => tileOfNode(node, size));
    const tiles = new Map(places.flatMap((place) => (place ? [[tilePath(place.tile), place.tile]] : [])));
    const rows = new Map(
      await Promise.all(
        [...tiles].map(async ([path, tile]) => [path, rowOf(tile, await readTile(tile))] as const),
      ),
    );
    const hashes = places.flatMap((place): Hash[] => {
      const row = place && rows.get(tilePath(place.tile));
      return row ? [foldHashes(sha256, row.slice(place.offset, place.offset + place.count))] : [];
    });
    return hashes.length === nodes.length ? hashes : undefined;
  };

const rowOf = ({ width }: Tile, bytes: Uint8Array | undefined): readonly Hash[] | undefined =>
  bytes?.length === width * hashBytes ? splitHashes(bytes) : undefined;
