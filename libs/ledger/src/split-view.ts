import { concat, ok, refuse, type Result, sameBytes, type Sha256, utf8 } from '@liandong/kernel';
import { toBase64 } from './base64.ts';
import { pathSpans, rootsOfPath } from './consistency.ts';
import { emptyRoot, type Hash } from './hash.ts';
import { maxNoteBytes } from './note.ts';
import { type ReadNodes, readSpans } from './node.ts';
import { type HeadRefusal, openHead, type SignedHead } from './signed-head.ts';
import { linesOf, malformed, type Malformed, parseDecimal, parseHashes, readText } from './text.ts';
import type { Suite, VKey } from './vkey.ts';

/**
 * Evidence that one log showed two histories: two heads it signed, and, where their sizes
 * differ, the path of hashes in the larger tree. The path leads to the larger head's root,
 * so it is what that tree holds; and it leads to another root for the first `smaller`
 * leaves than the smaller head has. No honest log has ever signed both.
 */
export type SplitView = {
  readonly smaller: Uint8Array;
  readonly larger: Uint8Array;
  readonly path: readonly Hash[];
};

export type SplitViewRefusal =
  | Malformed
  | HeadRefusal
  | { readonly code: 'different-logs' | 'sizes-reversed' | 'path-not-of-the-larger-tree' | 'heads-agree' };

/** The path, from the nodes of the larger tree; undefined if they are not to be had. */
export const splitViewPath = async (
  sha256: Sha256,
  read: ReadNodes,
  smaller: number,
  larger: number,
): Promise<readonly Hash[] | undefined> =>
  smaller === 0 || smaller >= larger ? [] : readSpans(sha256, read, pathSpans(smaller, larger));

/** Needs nothing but the bundle and the log's key. */
export const verifySplitView = (
  suite: Suite,
  { smaller, larger, path }: SplitView,
  logKeys: readonly VKey[],
): Result<{ readonly smaller: SignedHead; readonly larger: SignedHead }, SplitViewRefusal> => {
  const a = openHead(suite, smaller, logKeys);
  if (!a.ok) return a;
  const b = openHead(suite, larger, logKeys);
  if (!b.ok) return b;
  const [one, two] = [a.value.checkpoint, b.value.checkpoint];
  if (one.origin !== two.origin) return refuse({ code: 'different-logs' });
  if (one.size > two.size) return refuse({ code: 'sizes-reversed' });

  const truth = rootThen(suite.sha256, one.size, two, path);
  if (truth === undefined) return refuse({ code: 'path-not-of-the-larger-tree' });
  return sameBytes(truth, one.root)
    ? refuse({ code: 'heads-agree' })
    : ok({ smaller: a.value, larger: b.value });
};

/** The root that the larger head commits to for its first `size` leaves. */
const rootThen = (
  sha256: Sha256,
  size: number,
  larger: { readonly size: number; readonly root: Hash },
  path: readonly Hash[],
): Hash | undefined => {
  if (size === 0 || size === larger.size) {
    if (path.length > 0) return undefined;
    return size === 0 ? emptyRoot(sha256) : larger.root;
  }
  const roots = rootsOfPath(sha256, size, larger.size, path);
  return roots !== undefined && sameBytes(roots.larger, larger.root) ? roots.smaller : undefined;
};

const header = 'liandong/split-view@v1';

/** The bundle as one text file: a header, the path, and both notes as they were served. */
export const formatSplitView = ({ smaller, larger, path }: SplitView): Uint8Array =>
  concat(
    utf8(
      [
        header,
        `smaller ${countLines(smaller)}`,
        `larger ${countLines(larger)}`,
        ...path.map(toBase64),
        '\n',
      ].join('\n'),
    ),
    smaller,
    larger,
  );

const countLines = (note: Uint8Array): number => note.filter((byte) => byte === 0x0a).length;

export const parseSplitView = (bytes: Uint8Array): Result<SplitView, Malformed> => {
  const text = readText('split-view', bytes, 3 * maxNoteBytes);
  if (!text.ok) return text;
  const lines = linesOf(text.value);
  const blank = lines.indexOf('');
  const [first, smallerLine = '', largerLine = ''] = lines;
  if (first !== header) return malformed('split-view', 1, 'header');
  const counts = [/^smaller (.+)$/.exec(smallerLine)?.[1], /^larger (.+)$/.exec(largerLine)?.[1]].map(
    (count) => parseDecimal(count ?? ''),
  );
  const [smaller, larger] = counts;
  if (smaller === undefined) return malformed('split-view', 2, 'line-count');
  if (larger === undefined || blank < 3 || blank + 1 + smaller + larger !== lines.length)
    return malformed('split-view', 3, 'line-count');
  const path = parseHashes('split-view', lines.slice(3, blank), 4);
  if (!path.ok) return path;
  const note = (from: number, count: number) =>
    utf8(
      lines
        .slice(from, from + count)
        .map((line) => `${line}\n`)
        .join(''),
    );
  return ok<SplitView>({
    smaller: note(blank + 1, smaller),
    larger: note(blank + 1 + smaller, larger),
    path: path.value,
  });
};
