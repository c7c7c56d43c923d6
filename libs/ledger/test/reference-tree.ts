import type { Sha256 } from '@liandong/kernel';
import { emptyRoot, type Hash, nodeHash, type ReadNodes } from '../src/index.ts';

/** RFC 6962 §2.1 word for word, slow and plain: what the library is measured against. */
export const referenceTree = (sha256: Sha256) => {
  const k = (n: number): number => {
    let power = 1;
    while (power * 2 < n) power *= 2;
    return power;
  };

  const mth = (d: readonly Hash[]): Hash => {
    if (d.length === 0) return emptyRoot(sha256);
    if (d.length === 1) return d[0]!;
    return nodeHash(sha256, mth(d.slice(0, k(d.length))), mth(d.slice(k(d.length))));
  };

  const path = (m: number, d: readonly Hash[]): readonly Hash[] => {
    if (d.length === 1) return [];
    const [left, right] = [d.slice(0, k(d.length)), d.slice(k(d.length))];
    return m < left.length ? [...path(m, left), mth(right)] : [...path(m - left.length, right), mth(left)];
  };

  const subproof = (m: number, d: readonly Hash[], b: boolean): readonly Hash[] => {
    if (m === d.length) return b ? [] : [mth(d)];
    const [left, right] = [d.slice(0, k(d.length)), d.slice(k(d.length))];
    return m <= left.length
      ? [...subproof(m, left, b), mth(right)]
      : [...subproof(m - left.length, right, false), mth(left)];
  };

  return { mth, path, proof: (m: number, d: readonly Hash[]) => (m === 0 ? [] : subproof(m, d, true)) };
};

/** Nodes straight from the leaves. */
export const nodesOfLeaves =
  (sha256: Sha256, leaves: readonly Hash[]): ReadNodes =>
  async (nodes) =>
    nodes.map(({ level, index }) =>
      referenceTree(sha256).mth(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level)),
    );
