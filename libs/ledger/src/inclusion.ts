import { ok, refuse, type Result, sameBytes, type Sha256 } from '@liandong/kernel';
import { type Hash, hashBytes, isSize, nodeHash } from './hash.ts';
import { type ReadNodes, readSpans, type Span, splitPoint } from './node.ts';

/** Why a proof is not believed. */
export type ProofRefusal = {
  readonly code:
    | 'size-out-of-range'
    | 'index-beyond-size'
    | 'sizes-reversed'
    | 'not-a-hash'
    | 'wrong-proof-length'
    | 'other-root';
};

/** The siblings on the way from a leaf to the root, leaf first (RFC 6962 §2.1.1). */
export const inclusionSpans = (index: number, size: number): readonly Span[] => {
  const spans: Span[] = [];
  let span: Span = { from: 0, to: size };
  while (span.to - span.from > 1) {
    const middle = span.from + splitPoint(span.to - span.from);
    const [left, right] = [
      { from: span.from, to: middle },
      { from: middle, to: span.to },
    ];
    spans.push(index < middle ? right : left);
    span = index < middle ? left : right;
  }
  return spans.reverse();
};

/**
 * The proof that the leaf `index` is in the tree of `size`, or undefined if the nodes are
 * not to be had. It proves what the nodes say: verify it against a root that is trusted.
 */
export const proveInclusion = async (
  sha256: Sha256,
  read: ReadNodes,
  index: number,
  size: number,
): Promise<readonly Hash[] | undefined> =>
  isSize(size) && isSize(index) && index < size
    ? readSpans(sha256, read, inclusionSpans(index, size))
    : undefined;

export const verifyInclusion = (
  sha256: Sha256,
  claim: {
    readonly leaf: Hash;
    readonly index: number;
    readonly size: number;
    readonly root: Hash;
    readonly proof: readonly Hash[];
  },
): Result<'included', ProofRefusal> => {
  const { leaf, index, size, root, proof } = claim;
  if (!isSize(size) || !isSize(index)) return refuse({ code: 'size-out-of-range' });
  if (index >= size) return refuse({ code: 'index-beyond-size' });
  if (![leaf, root, ...proof].every(({ length }) => length === hashBytes))
    return refuse({ code: 'not-a-hash' });
  const spans = inclusionSpans(index, size);
  if (proof.length !== spans.length) return refuse({ code: 'wrong-proof-length' });
  return sameBytes(climb(sha256, leaf, index, spans, proof), root)
    ? ok('included')
    : refuse({ code: 'other-root' });
};

/** The root that a node's hash and its siblings lead to; `first` is a leaf under the node. */
export const climb = (
  sha256: Sha256,
  hash: Hash,
  first: number,
  spans: readonly Span[],
  siblings: readonly Hash[],
): Hash =>
  siblings.reduce(
    (below, sibling, n) =>
      (spans[n]?.from ?? 0) > first ? nodeHash(sha256, below, sibling) : nodeHash(sha256, sibling, below),
    hash,
  );
