import type { Sha256 } from '@liandong/kernel';
import { rootOf } from './compact-range.ts';
import { foldHashes, type Hash, hashBytes, joinHashes, splitHashes } from './hash.ts';
import { nodesOf } from './node.ts';
import { hashesAt, maxTileLevel, type Tile, tileAt, tileWidth } from './tile.ts';

/**
 * The right edge of a tree kept in tiles: of each tile level the hashes of its last,
 * unfinished tile. It is all a writer needs to go on, and it is in the served partial tiles.
 */
export type TileEdge = { readonly size: number; readonly levels: readonly (readonly Hash[])[] };

export const emptyEdge: TileEdge = { size: 0, levels: [] };

export type TileBytes = { readonly tile: Tile; readonly bytes: Uint8Array };

/** Appends leaf hashes and says which tiles that makes: each finished one, and each level's unfinished last. */
export const growEdge = (
  sha256: Sha256,
  edge: TileEdge,
  leaves: readonly Hash[],
): { readonly edge: TileEdge; readonly tiles: readonly TileBytes[] } => {
  const size = edge.size + leaves.length;
  const tiles: TileBytes[] = [];
  const levels: (readonly Hash[])[] = [];
  let fresh = leaves;
  for (let level = 0; fresh.length > 0 || level < edge.levels.length; level++) {
    const row = [...(edge.levels[level] ?? []), ...fresh];
    let index = Math.floor(hashesAt(level, edge.size) / tileWidth);
    const above: Hash[] = [];
    let at = 0;
    for (; at + tileWidth <= row.length; at += tileWidth, index++) {
      const full = row.slice(at, at + tileWidth);
      tiles.push({ tile: { level, index, width: tileWidth }, bytes: joinHashes(full) });
      above.push(foldHashes(sha256, full));
    }
    const rest = row.slice(at);
    if (rest.length > 0 && fresh.length > 0)
      tiles.push({ tile: { level, index, width: rest.length }, bytes: joinHashes(rest) });
    levels.push(rest);
    fresh = above;
  }
  return { edge: { size, levels }, tiles };
};

/** The root of the tree that ends in this edge. */
export const rootOfEdge = (sha256: Sha256, { levels }: TileEdge): Hash => {
  const roots = levels.flatMap((row) =>
    nodesOf({ from: 0, to: row.length })
      .map(({ level, index }) => row.slice(index * 2 ** level, (index + 1) * 2 ** level))
      .map((hashes) => foldHashes(sha256, hashes))
      .toReversed(),
  );
  return rootOf(sha256, { roots: roots.toReversed() });
};

/** The tiles in which the edge of a tree of this size lies, lowest first. */
export const edgeTiles = (size: number): readonly Tile[] =>
  Array.from({ length: maxTileLevel + 1 }, (_, level) =>
    tileAt(level, Math.floor(hashesAt(level, size) / tileWidth), size),
  ).filter((tile) => tile !== undefined);

/** The edge again from its tiles' bytes; undefined if a tile is missing or of another length. */
export const edgeFrom = (
  size: number,
  bytesOf: (tile: Tile) => Uint8Array | undefined,
): TileEdge | undefined => {
  const levels: (readonly Hash[])[] = [];
  for (let level = 0; level <= maxTileLevel && hashesAt(level, size) > 0; level++) levels.push([]);
  for (const tile of edgeTiles(size)) {
    const bytes = bytesOf(tile);
    if (bytes?.length !== tile.width * hashBytes || tile.level === 'entries') return undefined;
    levels[tile.level] = splitHashes(bytes);
  }
  return { size, levels };
};
