/** 256 hashes a tile, so a tile of one level up covers 256 tiles. */
export const tileWidth = 256;
const tileHeight = 8;
/** The highest tile level of a tree whose size is exact as a number. */
export const maxTileLevel = 6;

/**
 * A tile is named by its place and by how many hashes it holds: 256, or fewer at the right
 * edge of a tree. Level `entries` is the bundle with the entries under the tile of level 0.
 */
export type Tile = {
  readonly level: number | 'entries';
  readonly index: number;
  readonly width: number;
};

/** How many complete hashes a tree of this size has at a tile level. */
export const hashesAt = (level: number, size: number): number => Math.floor(size / tileWidth ** level);

/** The tile at a place as a tree of this size shows it; undefined if it would hold nothing. */
export const tileAt = (level: Tile['level'], index: number, size: number): Tile | undefined => {
  const hashes = hashesAt(level === 'entries' ? 0 : level, size);
  const width = Math.min(tileWidth, hashes - index * tileWidth);
  return width > 0 ? { level, index, width } : undefined;
};

/** The hash tiles of one level of a tree, left to right. */
export const tilesOfLevel = function* (level: number, size: number): Generator<Tile> {
  const hashes = hashesAt(level, size);
  for (let index = 0; index * tileWidth < hashes; index++)
    yield { level, index, width: Math.min(tileWidth, hashes - index * tileWidth) };
};

/** Every hash tile that must be served for a tree of this size and is not there for the smaller one. */
export const newTiles = (smaller: number, larger: number): readonly Tile[] => {
  const tiles: Tile[] = [];
  for (let level = 0; level <= maxTileLevel; level++) {
    const [had, has] = [hashesAt(level, smaller), hashesAt(level, larger)];
    for (let at = had; at < has;) {
      const index = Math.floor(at / tileWidth);
      const end = Math.min(has, (index + 1) * tileWidth);
      tiles.push({ level, index, width: end - index * tileWidth });
      at = end;
    }
  }
  return tiles;
};

/** Which tile holds the hashes under a node of the tree, and where in it they begin. */
export const tileOfNode = (
  node: { readonly level: number; readonly index: number },
  size: number,
): { readonly tile: Tile; readonly offset: number; readonly count: number } | undefined => {
  const level = Math.floor(node.level / tileHeight);
  const count = 2 ** (node.level % tileHeight);
  const first = node.index * count;
  const tile = tileAt(level, Math.floor(first / tileWidth), size);
  const offset = first % tileWidth;
  return tile !== undefined && offset + count <= tile.width ? { tile, offset, count } : undefined;
};

/** `tile/0/x001/x234/067`, `tile/entries/005.p/17`: the path under a log's prefix. */
export const tilePath = ({ level, index, width }: Tile): string => {
  const groups = [String(index % 1000).padStart(3, '0')];
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000))
    groups.unshift(`x${String(rest % 1000).padStart(3, '0')}`);
  return `tile/${level}/${groups.join('/')}${width === tileWidth ? '' : `.p/${width}`}`;
};

const shape = /^tile\/(entries|0|[1-9][0-9]?)\/((?:x[0-9]{3}\/)*[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/;

/** Reads back exactly what `tilePath` writes, and nothing else. */
export const parseTilePath = (path: string): Tile | undefined => {
  const [, level, groups, width] = shape.exec(path) ?? [];
  if (level === undefined || groups === undefined) return undefined;
  const tile: Tile = {
    level: level === 'entries' ? level : Number(level),
    index: Number(groups.replaceAll(/[x/]/g, '')),
    width: width === undefined ? tileWidth : Number(width),
  };
  return (tile.level === 'entries' || tile.level < 64) && tilePath(tile) === path ? tile : undefined;
};
