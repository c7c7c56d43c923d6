import { describe, expect, it } from '@jest/globals';
import { fromUtf8, utf8 } from '@liandong/kernel';
import fc from 'fast-check';
import { entryOf, headOf, policy, sampleLog } from '../test/sample-log.ts';
import { sha256, suite } from '../test/suite.ts';
import { toBase64 } from './base64.ts';
import { leafHash } from './hash.ts';
import { proveInclusion } from './inclusion.ts';
import { tilePath } from './tile.ts';
import { nodesInTiles } from './tile-reader.ts';
import { formatTlogProof, parseTlogProof, verifyTlogProof } from './tlog-proof.ts';

const size = 300;
const sample = sampleLog(size);
const read = nodesInTiles(sha256, async (tile) => sample.files.get(tilePath(tile)), size);
const note = sample.files.get('checkpoint')!;
const hashes = (await proveInclusion(sha256, read, 7, size))!;
const proof = formatTlogProof({ index: 7, hashes, note });
const leaf = leafHash(sha256, entryOf(7));
const text = fromUtf8(proof);
const rule = (given: string) => {
  const parsed = parseTlogProof(utf8(given));
  return parsed.ok ? 'read' : `${parsed.refusal.rule} in line ${parsed.refusal.line}`;
};

describe('a tlog-proof', () => {
  it('proves its entry to whoever holds the policy', () => {
    expect(verifyTlogProof(suite, proof, leaf, policy)).toMatchObject({
      ok: true,
      value: { index: 7, head: { checkpoint: { size } } },
    });
  });

  it('proves no other entry, no other index and nothing under fewer witnesses', () => {
    const verify = (given: Uint8Array, of = leaf) => verifyTlogProof(suite, given, of, policy);
    expect(verify(proof, leafHash(sha256, entryOf(8)))).toMatchObject({ refusal: { code: 'other-root' } });
    expect(verify(utf8(text.replace('index 7', 'index 8')))).toMatchObject({
      refusal: { code: 'other-root' },
    });
    expect(verify(utf8(text.replace('index 7', 'index 300')))).toMatchObject({
      refusal: { code: 'index-beyond-size' },
    });
    const fewer = formatTlogProof({ index: 7, hashes, note: headOf(sample, 2) });
    expect(verify(fewer)).toMatchObject({ refusal: { code: 'quorum-not-reached' } });
    const edited = utf8(text.replace('\n300\n', '\n301\n'));
    expect(verify(edited)).toMatchObject({ refusal: { code: 'bad-signature' } });
    const longer = formatTlogProof({ index: 7, hashes: [...hashes, leaf], note });
    expect(verify(longer)).toMatchObject({ refusal: { code: 'wrong-proof-length' } });
  });

  it('reads back as it was written', () => {
    const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(
        fc.maxSafeNat(),
        fc.array(hash, { maxLength: 63 }),
        fc.option(fc.uint8Array(), { nil: undefined }),
        (index, hashes, extra) => {
          const given = { index, hashes, note, ...(extra === undefined ? {} : { extra }) };
          expect(parseTlogProof(formatTlogProof(given))).toEqual({ ok: true, value: given });
        },
      ),
      { numRuns: 50 },
    );
  });

  it('with any byte altered is refused, or its entry is not proven', () => {
    const bytes = proof.length - 1;
    fc.assert(
      fc.property(fc.nat({ max: bytes }), fc.nat({ max: 7 }), (at, bit) => {
        const altered = proof.map((byte, n) => (n === at ? byte ^ (1 << bit) : byte));
        const verdict = verifyTlogProof(suite, altered, leaf, policy);
        // A witness that became an unknown name is passed over, and then the quorum is missed.
        expect(verdict.ok).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  const hash = toBase64(leaf);
  it.each([
    ['another version', text.replace('@v1', '@v2'), 'header in line 1'],
    ['no index', text.replace('index 7\n', ''), 'index in line 2'],
    ['a leading zero', text.replace('index 7', 'index 07'), 'index in line 2'],
    ['a negative index', text.replace('index 7', 'index -7'), 'index in line 2'],
    ['an index beyond all sizes', text.replace('index 7', 'index 9007199254740992'), 'index in line 2'],
    ['an extra that is no base64', text.replace('index', 'extra *\nindex'), 'base64 in line 2'],
    ['an extra after its index', text.replace('index 7\n', 'index 7\nextra AAAA\n'), 'hash in line 3'],
    ['a hash cut short', text.replace(toBase64(hashes[1]!), hash.slice(4)), 'hash in line 4'],
    ['a hash without padding', text.replace(toBase64(hashes[1]!), hash.slice(0, -1)), 'hash in line 4'],
    [
      '64 hashes',
      text.replace('index 7\n', `index 7\n${`${hash}\n`.repeat(64)}`),
      'too-many-hashes in line 66',
    ],
    ['no empty line', text.replaceAll('\n\n', '\n'), 'blank-line-before-signatures in line 18'],
    ['a carriage return', text.replace('index 7', 'index 7\r'), 'no-control-characters in line 2'],
    ['no final newline', text.slice(0, -1), 'ends-in-a-newline in line 20'],
    ['nothing in it', '', 'ends-in-a-newline in line 1'],
  ])('with %s is refused', (_, given, expected) => {
    expect(rule(given)).toBe(expected);
  });
});
