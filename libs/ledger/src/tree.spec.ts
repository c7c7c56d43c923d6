import { describe, expect, it } from '@jest/globals';
import { fromHex, toHex, utf8 } from '@liandong/kernel';
import fc from 'fast-check';
import { nodesOfLeaves, referenceTree } from '../test/reference-tree.ts';
import { sha256 } from '../test/suite.ts';
import { rfc6962 } from '../test/vectors/rfc6962.ts';
import { toBase64 } from './base64.ts';
import { appendLeaves, emptyRange, rootOf } from './compact-range.ts';
import { proveConsistency, verifyConsistency } from './consistency.ts';
import { emptyRoot, foldHashes, type Hash, leafHash } from './hash.ts';
import { inclusionVerifier, proveInclusion, verifyInclusion } from './inclusion.ts';
import { splitPoint } from './node.ts';

const tree = referenceTree(sha256);
const leavesOf = (count: number): readonly Hash[] =>
  Array.from({ length: count }, (_, n) => leafHash(sha256, utf8(`entry ${n}`)));
const all = leavesOf(140);
const flip = (bytes: Uint8Array, bit: number): Uint8Array =>
  bytes.map((byte, n) => (n === Math.floor(bit / 8) ? byte ^ (1 << (bit % 8)) : byte));
const sizes = fc.integer({ min: 1, max: all.length });

describe('a tree', () => {
  it('of nothing has the root the form gives', () => {
    expect(toBase64(emptyRoot(sha256))).toBe('47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=');
  });

  it('has the roots every other implementation has', () => {
    const leaves = rfc6962.leaves.map((entry) => leafHash(sha256, fromHex(entry)));
    for (const [size, root] of rfc6962.roots.entries()) {
      const range = appendLeaves(sha256, emptyRange, leaves.slice(0, size));
      expect(toHex(rootOf(sha256, range))).toBe(root);
    }
  });

  it('has the same root however it was appended to', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 40 }), { maxLength: 6 }), (batches) => {
        let range = emptyRange;
        for (const batch of batches)
          range = appendLeaves(sha256, range, all.slice(range.size, range.size + batch));
        expect(rootOf(sha256, range)).toEqual(tree.mth(all.slice(0, range.size)));
        expect(rootOf(sha256, range)).toEqual(foldHashes(sha256, all.slice(0, range.size)));
      }),
    );
  });

  it('does not take a range whose subtrees do not fit its size', () => {
    expect(() => appendLeaves(sha256, { size: 3, roots: [] }, all.slice(0, 1))).toThrow(RangeError);
  });

  it('splits at the largest power of two below its size, up to the largest size', () => {
    for (const power of [1, 2, 8, 53].map((bits) => 2 ** bits)) {
      expect(splitPoint(power)).toBe(power / 2);
      if (power > 2) expect(splitPoint(power - 1)).toBe(power / 2);
      if (power < 2 ** 53) expect(splitPoint(power + 1)).toBe(power);
    }
  });
});

describe('an inclusion proof', () => {
  it('is the one of RFC 6962 for every leaf of every small tree', async () => {
    for (let size = 1; size <= 33; size++)
      for (let index = 0; index < size; index++) {
        const leaves = all.slice(0, size);
        expect(await proveInclusion(sha256, nodesOfLeaves(sha256, leaves), index, size)).toEqual(
          tree.path(index, leaves),
        );
      }
  });

  it('verifies for exactly its leaf, index and size', () => {
    fc.assert(
      fc.property(sizes, fc.nat(), sizes, fc.nat(), (size, at, otherSize, otherAt) => {
        const leaves = all.slice(0, size);
        const [index, other] = [at % size, otherAt % size];
        const claim = {
          leaf: leaves[index]!,
          index,
          size,
          root: tree.mth(leaves),
          proof: tree.path(index, leaves),
        };
        expect(verifyInclusion(sha256, claim).ok).toBe(true);
        if (other !== index) {
          expect(verifyInclusion(sha256, { ...claim, leaf: leaves[other]! }).ok).toBe(false);
          expect(verifyInclusion(sha256, { ...claim, index: other }).ok).toBe(false);
        }
        if (otherSize !== size)
          expect(
            verifyInclusion(sha256, { ...claim, size: otherSize, root: tree.mth(all.slice(0, otherSize)) })
              .ok,
          ).toBe(false);
      }),
    );
  });

  it('does not survive a flipped bit anywhere', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 140 }), fc.nat(), fc.nat(), fc.nat(), (size, at, which, bit) => {
        const leaves = all.slice(0, size);
        const index = at % size;
        const [leaf, root, ...proof] = [leaves[index]!, tree.mth(leaves), ...tree.path(index, leaves)].map(
          (hash, n, { length }) => (n === which % length ? flip(hash, bit % 256) : hash),
        );
        expect(verifyInclusion(sha256, { leaf: leaf!, index, size, root: root!, proof })).toMatchObject({
          refusal: { code: 'other-root' },
        });
      }),
    );
  });

  it('is believed beside others of its tree exactly when it is believed alone', () => {
    const spoilt = fc.option(fc.record({ which: fc.nat(), bit: fc.nat({ max: 255 }) }), { freq: 2 });
    const claims = fc.array(fc.record({ at: fc.nat(), spoilt }), { maxLength: 40 });
    fc.assert(
      fc.property(sizes, claims, (size, asked) => {
        const leaves = all.slice(0, size);
        const verify = inclusionVerifier(sha256, { size, root: tree.mth(leaves) });
        for (const { at, spoilt } of asked) {
          const index = at % size;
          const [leaf, ...proof] = [leaves[index]!, ...tree.path(index, leaves)].map((hash, n, { length }) =>
            spoilt !== null && n === spoilt.which % length ? flip(hash, spoilt.bit) : hash,
          );
          expect(verify({ leaf: leaf!, index, proof }).ok).toBe(spoilt === null);
        }
      }),
    );
  });

  it('beside its neighbours costs a few hashes, not a whole way to the root each', () => {
    let hashed = 0;
    const counting: typeof sha256 = (...parts) => {
      hashed += 1;
      return sha256(...parts);
    };
    const root = tree.mth(all);
    const proofs = all.map((_, index) => tree.path(index, all));
    const verify = inclusionVerifier(counting, { size: all.length, root });
    for (const [index, leaf] of all.entries())
      expect(verify({ leaf, index, proof: proofs[index]! }).ok).toBe(true);
    expect(hashed).toBeLessThan(1.2 * all.length);
  });

  it('says why it is not believed', () => {
    const claim = { leaf: all[1]!, index: 1, size: 2, root: tree.mth(all.slice(0, 2)), proof: [all[0]!] };
    const refusal = (changed: Partial<typeof claim>) => {
      const verdict = verifyInclusion(sha256, { ...claim, ...changed });
      return verdict.ok ? 'believed' : verdict.refusal.code;
    };
    expect(refusal({})).toBe('believed');
    expect(refusal({ index: 2 })).toBe('index-beyond-size');
    expect(refusal({ index: -1 })).toBe('size-out-of-range');
    expect(refusal({ index: 0.5 })).toBe('size-out-of-range');
    expect(refusal({ size: 2 ** 53 })).toBe('size-out-of-range');
    expect(refusal({ size: Number.NaN })).toBe('size-out-of-range');
    expect(refusal({ size: 0, index: 0, proof: [] })).toBe('index-beyond-size');
    expect(refusal({ proof: [] })).toBe('wrong-proof-length');
    expect(refusal({ proof: [...claim.proof, all[0]!] })).toBe('wrong-proof-length');
    expect(refusal({ proof: [all[0]!.subarray(1)] })).toBe('not-a-hash');
    expect(refusal({ leaf: new Uint8Array(31) })).toBe('not-a-hash');
    expect(refusal({ root: new Uint8Array(33) })).toBe('not-a-hash');
  });

  it('is not made for a leaf that is not there', async () => {
    const read = nodesOfLeaves(sha256, all);
    expect(await proveInclusion(sha256, read, 5, 5)).toBeUndefined();
    expect(await proveInclusion(sha256, read, -1, 5)).toBeUndefined();
    expect(await proveInclusion(sha256, async () => undefined, 1, 5)).toBeUndefined();
  });
});

describe('a consistency proof', () => {
  const claimOf = (smaller: number, larger: number) => ({
    smaller,
    larger,
    smallerRoot: tree.mth(all.slice(0, smaller)),
    largerRoot: tree.mth(all.slice(0, larger)),
    proof: tree.proof(smaller, all.slice(0, larger)),
  });
  const pairs = fc
    .tuple(fc.nat({ max: all.length }), fc.nat({ max: all.length }))
    .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);

  it('is the one of RFC 6962 between any two small sizes', async () => {
    for (let larger = 0; larger <= 33; larger++)
      for (let smaller = 0; smaller <= larger; smaller++) {
        const read = nodesOfLeaves(sha256, all.slice(0, larger));
        const claim = claimOf(smaller, larger);
        expect(await proveConsistency(sha256, read, smaller, larger)).toEqual(claim.proof);
        expect(verifyConsistency(sha256, claim)).toEqual({ ok: true, value: 'consistent' });
      }
  });

  it('does not survive another size, a root of another tree or a flipped bit', () => {
    fc.assert(
      fc.property(pairs, fc.nat(), fc.nat(), ([smaller, larger], which, bit) => {
        fc.pre(smaller > 0 && smaller < larger);
        const claim = claimOf(smaller, larger);
        const [smallerRoot, largerRoot, ...proof] = [claim.smallerRoot, claim.largerRoot, ...claim.proof].map(
          (hash, n, { length }) => (n === which % length ? flip(hash, bit % 256) : hash),
        );
        const flipped = { ...claim, smallerRoot: smallerRoot!, largerRoot: largerRoot!, proof };
        expect(verifyConsistency(sha256, flipped).ok).toBe(false);
        const other = tree.mth([...all.slice(0, smaller - 1), leafHash(sha256, utf8('another'))]);
        expect(verifyConsistency(sha256, { ...claim, smallerRoot: other }).ok).toBe(false);
        const swapped = { smallerRoot: claim.largerRoot, largerRoot: claim.smallerRoot };
        expect(verifyConsistency(sha256, { ...claim, ...swapped }).ok).toBe(false);
        for (const proof of [[], claim.proof.slice(1), claim.proof.slice(0, -1), [...claim.proof, all[0]!]])
          if (proof.length !== claim.proof.length)
            expect(verifyConsistency(sha256, { ...claim, proof })).toMatchObject({
              refusal: { code: 'wrong-proof-length' },
            });
      }),
    );
  });

  it('from nothing is empty, and begins at the root of nothing', () => {
    const empty = emptyRoot(sha256);
    const claim = claimOf(0, 5);
    expect(verifyConsistency(sha256, claim).ok).toBe(true);
    expect(verifyConsistency(sha256, { ...claim, smallerRoot: all[0]! }).ok).toBe(false);
    expect(verifyConsistency(sha256, { ...claim, proof: [all[0]!] }).ok).toBe(false);
    expect(verifyConsistency(sha256, claimOf(0, 0)).ok).toBe(true);
    const sameButWrong = { ...claimOf(0, 0), smallerRoot: all[0]!, largerRoot: all[0]! };
    expect(verifyConsistency(sha256, sameButWrong).ok).toBe(false);
    expect(verifyConsistency(sha256, { ...claimOf(0, 0), largerRoot: all[0]!, smallerRoot: empty }).ok).toBe(
      false,
    );
  });

  it('of one size needs no hash and the same root', () => {
    const claim = claimOf(7, 7);
    expect(verifyConsistency(sha256, claim).ok).toBe(true);
    expect(verifyConsistency(sha256, { ...claim, largerRoot: all[0]! })).toMatchObject({
      refusal: { code: 'other-root' },
    });
    expect(verifyConsistency(sha256, { ...claim, proof: [all[0]!] }).ok).toBe(false);
  });

  it('goes from the smaller to the larger, with whole hashes and exact sizes', () => {
    const claim = claimOf(3, 7);
    const code = (changed: Partial<typeof claim>) => {
      const verdict = verifyConsistency(sha256, { ...claim, ...changed });
      return verdict.ok ? 'believed' : verdict.refusal.code;
    };
    expect(code({ smaller: 7, larger: 3 })).toBe('sizes-reversed');
    expect(code({ smaller: -1 })).toBe('size-out-of-range');
    expect(code({ larger: 2 ** 53 })).toBe('size-out-of-range');
    expect(code({ smallerRoot: new Uint8Array(31) })).toBe('not-a-hash');
    expect(code({ largerRoot: new Uint8Array(33) })).toBe('not-a-hash');
    expect(code({ proof: claim.proof.map((hash) => hash.subarray(1)) })).toBe('not-a-hash');
  });

  it('is not made backwards', async () => {
    expect(await proveConsistency(sha256, nodesOfLeaves(sha256, all), 5, 4)).toBeUndefined();
  });
});
