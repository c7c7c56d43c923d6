import { ok, refuse, type Result, sameBytes, type Sha256 } from '@liandong/kernel';
import { type BundleRefusal, decodeBundle } from './bundle.ts';
import type { Checkpoint } from './checkpoint.ts';
import { type Culprit, findCulprit } from './find-culprit.ts';
import { type Hash, hashBytes, leafHash } from './hash.ts';
import { type Policy, type PolicyRefusal, openByPolicy } from './policy.ts';
import type { SignedHead } from './signed-head.ts';
import { type Tile, tileAt, tilePath, tilesOfLevel, tileWidth } from './tile.ts';
import { emptyEdge, growEdge, rootOfEdge, type TileBytes, type TileEdge } from './tile-edge.ts';
import type { Suite } from './vkey.ts';

/** Reads a file under a log's prefix; undefined if there is none. */
export type ReadFile = (path: string) => Promise<Uint8Array | undefined>;

/** The first wrong place of a log's files. `seq` counts entries from 0, `hash` the hashes of a tile. */
export type FolderFault =
  | { readonly code: 'file-missing'; readonly path: string }
  | {
      readonly code: 'checkpoint-refused';
      readonly path: string;
      readonly line?: number;
      readonly refusal: PolicyRefusal;
    }
  | { readonly code: 'tile-of-another-length'; readonly path: string }
  | {
      readonly code: 'bundle-malformed';
      readonly path: string;
      readonly seq: number;
      readonly refusal: BundleRefusal;
    }
  /** The signed root covers the tile; the entry is not the one that was logged. */
  | { readonly code: 'entry-altered'; readonly path: string; readonly seq: number }
  /** The signed root covers the entries; the tile is not theirs. */
  | { readonly code: 'tile-altered'; readonly path: string; readonly hash: number }
  /** These entries and their tiles agree with each other, but the signed root covers others. */
  | {
      readonly code: 'entries-rewritten';
      readonly path: string;
      readonly seq: number;
      readonly count: number;
    }
  /** Entry and tile differ, and the signed root covers neither. */
  | {
      readonly code: 'entry-and-tile-unproven';
      readonly path: string;
      readonly seq: number;
      readonly tile: string;
      readonly hash: number;
    }
  /** Every file agrees with every other, but not with the root that was signed. */
  | { readonly code: 'root-of-other-entries'; readonly path: string; readonly line: number };

/**
 * One bundle that agrees with its tiles. Its entries are proven only once the whole
 * folder is: until then no signature covers them.
 */
export type FolderStep = {
  readonly first: number;
  readonly entries: readonly Uint8Array[];
  /** The leaf hashes of the entries. */
  readonly leaves: readonly Hash[];
  readonly checked: number;
  readonly size: number;
};

/**
 * Re-derives a log from its files alone, bundle by bundle, in bounded memory: every entry
 * and every hash tile its size calls for, up to the root that the policy's logs signed and
 * its quorum witnessed. The last step returns the head, or the first wrong place.
 */
export const verifyLogFolder = async function* (
  suite: Suite,
  readFile: ReadFile,
  policy: Policy,
): AsyncGenerator<FolderStep, Result<SignedHead, FolderFault>> {
  const note = await readFile('checkpoint');
  if (note === undefined) return refuse<FolderFault>({ code: 'file-missing', path: 'checkpoint' });
  const head = openByPolicy(suite, note, policy);
  if (!head.ok) return refuse<FolderFault>(checkpointFault(head.refusal));
  const { checkpoint } = head.value;

  let edge = emptyEdge;
  for (const tile of tilesOfLevel(0, checkpoint.size)) {
    const bundle = await readBundle(readFile, tile);
    if (!bundle.ok) return bundle;
    const leaves = bundle.value.map((entry) => leafHash(suite.sha256, entry));
    const grown = growEdge(suite.sha256, edge, leaves);
    const fault = await compareTiles(suite.sha256, readFile, checkpoint, grown.tiles);
    if (fault !== undefined) return refuse(fault);
    const { size } = checkpoint;
    yield { first: edge.size, entries: bundle.value, leaves, checked: grown.edge.size, size };
    edge = grown.edge;
  }
  return leadsTo(suite.sha256, edge, checkpoint)
    ? ok(head.value)
    : refuse<FolderFault>({ code: 'root-of-other-entries', path: 'checkpoint', line: 3 });
};

const leadsTo = (sha256: Sha256, edge: TileEdge, { root }: Checkpoint): boolean =>
  sameBytes(rootOfEdge(sha256, edge), root);

const checkpointFault = (refusal: PolicyRefusal): FolderFault => ({
  code: 'checkpoint-refused',
  path: 'checkpoint',
  refusal,
  ...('line' in refusal ? { line: refusal.line } : {}),
});

const readBundle = async (
  readFile: ReadFile,
  { index, width }: Tile,
): Promise<Result<readonly Uint8Array[], FolderFault>> => {
  const path = tilePath({ level: 'entries', index, width });
  const bytes = await readFile(path);
  if (bytes === undefined) return refuse<FolderFault>({ code: 'file-missing', path });
  const entries = decodeBundle(bytes, width);
  if (entries.ok) return entries;
  const { refusal } = entries;
  return refuse<FolderFault>({
    code: 'bundle-malformed',
    path,
    seq: index * tileWidth + refusal.entry,
    refusal,
  });
};

/** Compares what the entries make with what is stored, for the tiles a tree of this size shows. */
const compareTiles = async (
  sha256: Sha256,
  readFile: ReadFile,
  checkpoint: Checkpoint,
  made: readonly TileBytes[],
): Promise<FolderFault | undefined> => {
  for (const { tile, bytes } of made) {
    if (tileAt(tile.level, tile.index, checkpoint.size)?.width !== tile.width) continue;
    const path = tilePath(tile);
    const stored = await readFile(path);
    if (stored === undefined) return { code: 'file-missing', path };
    if (stored.length !== bytes.length) return { code: 'tile-of-another-length', path };
    const differing = bytes.findIndex((byte, n) => byte !== stored[n]);
    if (differing < 0) continue;
    const hash = Math.floor(differing / hashBytes);
    return faultAt(
      tile,
      hash,
      await findCulprit(sha256, readFile, checkpoint, { tile, bytes, stored, hash }),
    );
  }
  return undefined;
};

const faultAt = (tile: Tile, hash: number, culprit: Culprit): FolderFault => {
  const count = tile.level === 'entries' ? 1 : tileWidth ** tile.level;
  const seq = (tile.index * tileWidth + hash) * count;
  const path = tilePath(tile);
  switch (culprit) {
    case 'tile':
      return { code: 'tile-altered', path, hash };
    case 'entries':
      return count === 1
        ? { code: 'entry-altered', path: bundlePath(tile, seq), seq }
        : { code: 'entries-rewritten', path: bundlePath(tile, seq), seq, count };
    case 'unproven':
      return { code: 'entry-and-tile-unproven', path: bundlePath(tile, seq), seq, tile: path, hash };
  }
};

/** A tile above others stands over finished bundles only. */
const bundlePath = ({ level, width }: Tile, seq: number): string =>
  tilePath({ level: 'entries', index: Math.floor(seq / tileWidth), width: level === 0 ? width : tileWidth });
