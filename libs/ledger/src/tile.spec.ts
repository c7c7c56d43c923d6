import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { newTiles, parseTilePath, tileAt, tileOfNode, tilePath, tilesOfLevel } from './tile.ts';

const paths = (tiles: Iterable<Parameters<typeof tilePath>[0]>) => [...tiles].map(tilePath);

describe('a tile', () => {
  it.each([
    [{ level: 0, index: 5, width: 256 }, 'tile/0/005'],
    [{ level: 1, index: 1_234_067, width: 256 }, 'tile/1/x001/x234/067'],
    [{ level: 0, index: 273, width: 112 }, 'tile/0/273.p/112'],
    [{ level: 'entries', index: 1000, width: 1 }, 'tile/entries/x001/000.p/1'],
    [{ level: 6, index: 0, width: 255 }, 'tile/6/000.p/255'],
  ] as const)('%j has the path %s', (tile, path) => {
    expect(tilePath(tile)).toBe(path);
    expect(parseTilePath(path)).toEqual(tile);
  });

  it.each([
    ...['tile/0/5', 'tile/0/0005', 'tile/00/005', 'tile/-1/005', 'tile/64/005', 'tile/0/x000/005'],
    ...['tile/0/001/005', 'tile/0/x001/5', 'tile/0/005.p/0', 'tile/0/005.p/256', 'tile/0/005.p/01'],
    ...['/tile/0/005', 'tile/0/005/', 'tile/0/005.p/', 'tile/entries/../0/005', 'tile/0/005\n', ''],
  ])('is not at %j', (path) => {
    expect(parseTilePath(path)).toBeUndefined();
  });

  it('is found again under its path', () => {
    const tiles = fc.record({
      level: fc.oneof(fc.constant('entries' as const), fc.integer({ min: 0, max: 63 })),
      index: fc.maxSafeNat(),
      width: fc.integer({ min: 1, max: 256 }),
    });
    fc.assert(fc.property(tiles, (tile) => expect(parseTilePath(tilePath(tile))).toEqual(tile)));
  });
});

describe('the tiles of a tree', () => {
  it('of 70,000 entries are 273 full ones at the bottom and a partial one at each level', () => {
    const levels = [0, 1, 2, 3].map((level) => paths(tilesOfLevel(level, 70_000)));
    expect(levels.map((tiles) => tiles.length)).toEqual([274, 2, 1, 0]);
    expect(levels.map((tiles) => tiles.at(-1))).toEqual([
      'tile/0/273.p/112',
      'tile/1/001.p/17',
      'tile/2/000.p/1',
      undefined,
    ]);
    expect(levels[1]?.[0]).toBe('tile/1/000');
  });

  it('are never empty', () => {
    expect(tileAt(0, 0, 0)).toBeUndefined();
    expect(tileAt(0, 1, 256)).toBeUndefined();
    expect(tileAt(1, 0, 255)).toBeUndefined();
    expect(tileAt('entries', 1, 257)).toEqual({ level: 'entries', index: 1, width: 1 });
    for (const size of [0, 1, 255, 256, 257, 65_536, 70_000, 2 ** 53 - 1])
      for (const { width } of newTiles(size - Math.min(size, 3), size)) expect(width).toBeGreaterThan(0);
  });

  it('that a growth adds are those of the new size that were not there before', () => {
    fc.assert(
      fc.property(fc.nat({ max: 140_000 }), fc.nat({ max: 70_000 }), (smaller, more) => {
        const larger = smaller + more;
        const levels = [0, 1, 2, 3, 4, 5, 6];
        const had = new Set(levels.flatMap((level) => paths(tilesOfLevel(level, smaller))));
        const has = levels.flatMap((level) => paths(tilesOfLevel(level, larger)));
        expect(paths(newTiles(smaller, larger))).toEqual(has.filter((path) => !had.has(path)));
      }),
      { numRuns: 20 },
    );
  });

  it('hold a node in the tile of its level, eight levels of nodes to one of tiles', () => {
    expect(tileOfNode({ level: 0, index: 300 }, 70_000)).toEqual({
      tile: { level: 0, index: 1, width: 256 },
      offset: 44,
      count: 1,
    });
    expect(tileOfNode({ level: 10, index: 5 }, 70_000)).toEqual({
      tile: { level: 1, index: 0, width: 256 },
      offset: 20,
      count: 4,
    });
    expect(tileOfNode({ level: 0, index: 70_000 }, 70_000)).toBeUndefined();
    expect(tileOfNode({ level: 7, index: 546 }, 70_000)).toBeUndefined();
  });
});
