import { describe, expect, it } from '@jest/globals';
import { fromUtf8, utf8 } from '@liandong/kernel';
import { entryOf, headOf, log, policy, sampleLog } from '../test/sample-log.ts';
import { sha256, suite } from '../test/suite.ts';
import { decodeBundle, encodeBundle } from './bundle.ts';
import { foldHashes, leafHash, splitHashes } from './hash.ts';
import { type Policy, trustOnly } from './policy.ts';
import { verifyLogFolder } from './verify-folder.ts';

const size = 66_000;
const whole = sampleLog(size);

type Files = Map<string, Uint8Array>;

const verify = async (files: ReadonlyMap<string, Uint8Array>, by: Policy = policy) => {
  const steps = verifyLogFolder(suite, async (path) => files.get(path), by);
  let checked = 0;
  for (;;) {
    const { done, value } = await steps.next();
    if (done) return { checked, verdict: value };
    expect(value.first).toBe(checked);
    expect(value.entries[0]).toEqual(entryOf(value.first));
    checked = value.checked;
  }
};

const faultAfter = async (alter: (files: Files) => void, by?: Policy) => {
  const files: Files = new Map(whole.files);
  alter(files);
  const { verdict } = await verify(files, by);
  return verdict.ok ? 'accepted' : verdict.refusal;
};

const flip = (files: Files, path: string, at: number) =>
  files.set(
    path,
    files.get(path)!.map((byte, n) => (n === at ? byte ^ 1 : byte)),
  );

/** Puts another entry into a bundle, of the same length. */
const rewrite = (files: Files, path: string, width: number, at: number) => {
  const decoded = decodeBundle(files.get(path)!, width);
  if (!decoded.ok) throw new Error(decoded.refusal.code);
  files.set(
    path,
    encodeBundle(
      decoded.value.map((entry, n) => (n === at ? utf8(fromUtf8(entry).replace('"n"', '"m"')) : entry)),
    ),
  );
};

const leavesIn = (files: Files, path: string, width: number) => {
  const decoded = decodeBundle(files.get(path)!, width);
  if (!decoded.ok) throw new Error(decoded.refusal.code);
  return decoded.value.map((entry) => leafHash(sha256, entry));
};

describe('the files of a log', () => {
  it('verify as a whole, three tile levels high', async () => {
    const { checked, verdict } = await verify(whole.files);
    expect(checked).toBe(size);
    expect(verdict).toMatchObject({ ok: true, value: { checkpoint: { size, root: whole.root } } });
    expect([...whole.files.keys()]).toContain('tile/2/000.p/1');
  });

  it.each([0, 1, 256, 257])('verify with %i entries', async (count) => {
    const small = sampleLog(count);
    expect(await verify(small.files)).toMatchObject({ checked: count, verdict: { ok: true } });
  });

  it('a flipped entry is named', async () => {
    const bundle = 'tile/entries/100';
    const altered = await faultAfter((files) => rewrite(files, bundle, 256, 17));
    expect(altered).toEqual({ code: 'entry-altered', path: bundle, seq: 25_617 });
    const last = await faultAfter((files) => rewrite(files, 'tile/entries/257.p/208', 208, 207));
    expect(last).toEqual({ code: 'entry-altered', path: 'tile/entries/257.p/208', seq: 65_999 });
  });

  it('a flipped length in a bundle is named', async () => {
    expect(await faultAfter((files) => flip(files, 'tile/entries/003', 0))).toMatchObject({
      code: 'bundle-malformed',
      path: 'tile/entries/003',
    });
  });

  it.each([
    ['tile/0/100', 17],
    ['tile/0/257.p/208', 5],
    ['tile/1/000', 200],
    ['tile/1/001.p/1', 0],
    ['tile/2/000.p/1', 0],
  ])('a flipped tile is named: %s', async (path, hash) => {
    const altered = await faultAfter((files) => flip(files, path, hash * 32 + 9));
    expect(altered).toEqual({ code: 'tile-altered', path, hash });
  });

  it('two hashes flipped in one tile are a tile altered', async () => {
    const altered = await faultAfter((files) => {
      flip(files, 'tile/0/100', 5 * 32);
      flip(files, 'tile/0/100', 9 * 32);
    });
    expect(altered).toEqual({ code: 'tile-altered', path: 'tile/0/100', hash: 5 });
  });

  it.each(['checkpoint', 'tile/entries/009', 'tile/0/009', 'tile/1/000', 'tile/2/000.p/1'])(
    'a missing %s is named',
    async (path) => {
      expect(await faultAfter((files) => files.delete(path))).toEqual({ code: 'file-missing', path });
    },
  );

  it('an edited checkpoint is named with its line', async () => {
    const edit = (what: string, by: string) =>
      faultAfter((files) =>
        files.set('checkpoint', utf8(fromUtf8(files.get('checkpoint')!).replace(what, by))),
      );
    expect(await edit('\n66000\n', '\n65999\n')).toEqual({
      code: 'checkpoint-refused',
      path: 'checkpoint',
      line: 5,
      refusal: expect.objectContaining({ code: 'bad-signature' }),
    });
    expect(await edit('\n66000\n', '\n066000\n')).toMatchObject({ line: 2, refusal: { rule: 'size' } });
  });

  it('a checkpoint that too few witnessed is refused', async () => {
    const fewer = (files: Files) => files.set('checkpoint', headOf(whole, 2));
    expect(await faultAfter(fewer)).toMatchObject({ refusal: { code: 'quorum-not-reached' } });
    expect(await faultAfter(fewer, trustOnly(log.key))).toBe('accepted');
  });

  it('swapped bundles are named at the first entry that moved', async () => {
    const [a, b] = ['tile/entries/010', 'tile/entries/020'];
    const swapped = await faultAfter((files) => {
      files.set(a, whole.files.get(b)!);
      files.set(b, whole.files.get(a)!);
    });
    expect(swapped).toEqual({ code: 'entry-altered', path: a, seq: 2560 });
  });

  it('a truncated tail is named at its first missing entry or file', async () => {
    const cut = await faultAfter((files) =>
      files.set('tile/entries/257.p/208', files.get('tile/entries/257.p/208')!.subarray(0, 40)),
    );
    expect(cut).toMatchObject({
      code: 'bundle-malformed',
      path: 'tile/entries/257.p/208',
      seq: 65_793,
      refusal: { code: 'entry-cut-short' },
    });
    const dropped = await faultAfter((files) => files.delete('tile/entries/257.p/208'));
    expect(dropped).toEqual({ code: 'file-missing', path: 'tile/entries/257.p/208' });
    const short = await faultAfter((files) => files.set('tile/0/003', files.get('tile/0/003')!.subarray(32)));
    expect(short).toEqual({ code: 'tile-of-another-length', path: 'tile/0/003' });
  });

  it('an entry rewritten together with its tile is caught by the tile above', async () => {
    const rewritten = await faultAfter((files) => {
      rewrite(files, 'tile/entries/100', 256, 17);
      const leaves = leavesIn(files, 'tile/entries/100', 256);
      files.set('tile/0/100', Buffer.concat(leaves));
    });
    expect(rewritten).toEqual({
      code: 'entries-rewritten',
      path: 'tile/entries/100',
      seq: 25_600,
      count: 256,
    });
  });

  it('a history rewritten up to the root is caught by the signature', async () => {
    const rewritten = await faultAfter((files) => {
      rewrite(files, 'tile/entries/100', 256, 17);
      const leaves = leavesIn(files, 'tile/entries/100', 256);
      files.set('tile/0/100', Buffer.concat(leaves));
      const above = [...splitHashes(files.get('tile/1/000')!)];
      above[100] = foldHashes(sha256, leaves);
      files.set('tile/1/000', Buffer.concat(above));
      files.set('tile/2/000.p/1', foldHashes(sha256, above));
    });
    expect(rewritten).toEqual({ code: 'root-of-other-entries', path: 'checkpoint', line: 3 });
  });

  it('entry and tile that both differ from what was signed are both named', async () => {
    const both = await faultAfter((files) => {
      rewrite(files, 'tile/entries/100', 256, 17);
      flip(files, 'tile/0/100', 17 * 32);
    });
    expect(both).toEqual({
      code: 'entry-and-tile-unproven',
      path: 'tile/entries/100',
      seq: 25_617,
      tile: 'tile/0/100',
      hash: 17,
    });
  });

  it('a signed root of other entries is not believed', async () => {
    const other = await faultAfter((files) =>
      files.set('checkpoint', headOf({ size, root: sha256(utf8('x')) })),
    );
    expect(other).toEqual({ code: 'root-of-other-entries', path: 'checkpoint', line: 3 });
  });
});
