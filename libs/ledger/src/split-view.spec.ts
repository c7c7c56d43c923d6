import { describe, expect, it } from '@jest/globals';
import { fromUtf8, utf8 } from '@liandong/kernel';
import fc from 'fast-check';
import { nodesOfLeaves, referenceTree } from '../test/reference-tree.ts';
import { headOf, log, origin } from '../test/sample-log.ts';
import { keyPair, sha256, suite } from '../test/suite.ts';
import { formatCheckpoint } from './checkpoint.ts';
import { type Hash, leafHash } from './hash.ts';
import { formatNote, signNote } from './note.ts';
import { formatSplitView, parseSplitView, splitViewPath, verifySplitView } from './split-view.ts';

const { mth } = referenceTree(sha256);
const leaves = Array.from({ length: 40 }, (_, n) => leafHash(sha256, utf8(`${n}`)));
const forkedAt = (fork: number) =>
  leaves.map((leaf, n) => (n === fork ? leafHash(sha256, utf8('another')) : leaf));
const headAt = (size: number, of: readonly Hash[]) => headOf({ size, root: mth(of.slice(0, size)) }, 1);
const bundleOf = async (smaller: number, larger: number, of: readonly Hash[], other: readonly Hash[]) => ({
  smaller: headAt(smaller, of),
  larger: headAt(larger, other),
  path: (await splitViewPath(sha256, nodesOfLeaves(sha256, other.slice(0, larger)), smaller, larger))!,
});

describe('evidence of a split view', () => {
  it('convicts a log of any two histories that differ, and never one that kept to one', () => {
    const sizes = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), fc.nat());
    return fc.assert(
      fc.asyncProperty(sizes, async ([x, y, where]) => {
        const [smaller, larger] = [Math.min(x, y), Math.max(x, y)];
        const fork = forkedAt(where % smaller);
        const guilty = await bundleOf(smaller, larger, leaves, fork);
        expect(verifySplitView(suite, guilty, [log.key])).toMatchObject({ ok: true });
        const honest = await bundleOf(smaller, larger, leaves, leaves);
        expect(verifySplitView(suite, honest, [log.key])).toEqual({
          ok: false,
          refusal: { code: 'heads-agree' },
        });
        const framed = { ...honest, path: guilty.path };
        if (smaller < larger)
          expect(verifySplitView(suite, framed, [log.key])).toEqual({
            ok: false,
            refusal: { code: 'path-not-of-the-larger-tree' },
          });
      }),
      { numRuns: 60 },
    );
  });

  it('cannot be made by bending the path', () => {
    const paths = fc.array(fc.constantFrom(...leaves), { maxLength: 8 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 39 }), paths, (smaller, path) => {
        const bundle = { smaller: headAt(smaller, leaves), larger: headAt(40, leaves), path };
        expect(verifySplitView(suite, bundle, [log.key]).ok).toBe(false);
      }),
    );
  });

  it('convicts a log that signed another root for an empty tree', () => {
    const empty = headOf({ size: 0, root: leaves[0]! }, 0);
    const bundle = { smaller: empty, larger: headAt(5, leaves), path: [] };
    expect(verifySplitView(suite, bundle, [log.key])).toMatchObject({ ok: true });
    expect(verifySplitView(suite, { ...bundle, path: [leaves[0]!] }, [log.key]).ok).toBe(false);
    const honest = { ...bundle, smaller: headAt(0, leaves) };
    expect(verifySplitView(suite, honest, [log.key])).toMatchObject({ refusal: { code: 'heads-agree' } });
  });

  it('needs two heads of one log, each signed by it, the smaller first', async () => {
    const guilty = await bundleOf(10, 20, leaves, forkedAt(3));
    const code = (bundle: typeof guilty, keys = [log.key]) => {
      const verdict = verifySplitView(suite, bundle, keys);
      return verdict.ok ? 'convicted' : verdict.refusal.code;
    };
    expect(code(guilty)).toBe('convicted');
    expect(code({ ...guilty, smaller: guilty.larger, larger: guilty.smaller })).toBe('sizes-reversed');
    expect(code(guilty, [])).toBe('no-known-signature');
    expect(code({ ...guilty, path: guilty.path.slice(1) })).toBe('path-not-of-the-larger-tree');

    const edited = (note: Uint8Array) => utf8(fromUtf8(note).replace(/\n[12]0\n/, '\n15\n'));
    expect(code({ ...guilty, smaller: edited(guilty.smaller) })).toBe('bad-signature');
    expect(code({ ...guilty, larger: edited(guilty.larger) })).toBe('bad-signature');

    const other = keyPair(`${origin}0`, 'ed25519');
    const text = formatCheckpoint({ origin: other.key.name, size: 10, root: leaves[0]! });
    const foreign = formatNote({ text, signatures: [signNote(other.key, other.sign, text)] });
    expect(code({ ...guilty, smaller: foreign }, [log.key, other.key])).toBe('different-logs');
  });

  it('is one file that reads back', async () => {
    for (const [smaller, larger] of [
      [1, 1],
      [1, 2],
      [10, 33],
      [0, 5],
    ] as const) {
      const bundle = await bundleOf(smaller, larger, leaves, forkedAt(0));
      expect(parseSplitView(formatSplitView(bundle))).toEqual({ ok: true, value: bundle });
    }
  });

  it('is refused as a file that breaks its form, with the line', async () => {
    const text = fromUtf8(formatSplitView(await bundleOf(10, 20, leaves, forkedAt(3))));
    const rule = (given: string) => {
      const parsed = parseSplitView(utf8(given));
      return parsed.ok ? 'read' : `${parsed.refusal.rule} in line ${parsed.refusal.line}`;
    };
    expect(rule(text)).toBe('read');
    expect(rule(text.replace('@v1', '@v2'))).toBe('header in line 1');
    expect(rule(text.replace('smaller 6', 'smaller 06'))).toBe('line-count in line 2');
    expect(rule(text.replace('smaller 6', 'smaller 5'))).toBe('line-count in line 3');
    expect(rule(text.replace('larger 6', 'larger x'))).toBe('line-count in line 3');
    expect(rule(text.replace('larger 6\n', 'larger 6\nAAAA\n'))).toBe('hash in line 4');
    expect(rule(text.slice(0, -1))).toMatch(/^ends-in-a-newline/);
    expect(rule('liandong/split-view@v1\n')).toBe('line-count in line 2');
  });
});
