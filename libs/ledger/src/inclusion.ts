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
  {
    leaf,
    index,
    size,
    root,
    proof,
  }: {
    readonly leaf: Hash;
    readonly index: number;
    readonly size: number;
    readonly root: Hash;
    readonly proof: readonly Hash[];
  },
): Result<'included', ProofRefusal> => inclusionVerifier(sha256, { size, root })({ leaf, index, proof });

/** Checks one leaf after another against one root. */
export type InclusionVerifier = (claim: {
  readonly leaf: Hash;
  readonly index: number;
  readonly proof: readonly Hash[];
}) => Result<'included', ProofRefusal>;

/** A node that was proven under the root, and the siblings from there on up, which were proven with it. */
type Proven = { readonly hash: Hash; readonly above: readonly Hash[] };

const provenKept = 4_000;

/**
 * A verifier for many leaves of one tree. The ways of neighbours to the root soon meet: what was
 * proven once is remembered, and from there on a proof must be word for word the one that was
 * proven, so no proof is believed that would not be believed alone.
 */
export const inclusionVerifier = (
  sha256: Sha256,
  { size, root }: { readonly size: number; readonly root: Hash },
): InclusionVerifier => {
  const proven = new Map<string, Proven>();
  const nameOf = ({ from, to }: Span) => `${from}-${to}`;

  return ({ leaf, index, proof }) => {
    if (!isSize(size) || !isSize(index)) return refuse({ code: 'size-out-of-range' });
    if (index >= size) return refuse({ code: 'index-beyond-size' });
    if (![leaf, root, ...proof].every(({ length }) => length === hashBytes))
      return refuse({ code: 'not-a-hash' });
    const spans = inclusionSpans(index, size);
    if (proof.length !== spans.length) return refuse({ code: 'wrong-proof-length' });

    const way: [name: string, node: Proven][] = [];
    let span: Span = { from: index, to: index + 1 };
    let hash = leaf;
    let included: boolean | undefined;
    for (const [n, sibling] of proof.entries()) {
      const above = proof.slice(n);
      const met = proven.get(nameOf(span));
      if (met !== undefined) {
        included = sameBytes(met.hash, hash) && sameHashes(met.above, above);
        break;
      }
      const beside = spans[n] ?? span;
      way.push([nameOf(span), { hash, above }]);
      way.push([nameOf(beside), { hash: sibling, above: [hash, ...above.slice(1)] }]);
      hash = parentOf(sha256, hash, index, beside, sibling);
      span = { from: Math.min(span.from, beside.from), to: Math.max(span.to, beside.to) };
    }
    if (!(included ?? sameBytes(hash, root))) return refuse({ code: 'other-root' });
    if (proven.size > provenKept) proven.clear();
    for (const [name, node] of way) proven.set(name, node);
    return ok('included');
  };
};

const nothing = new Uint8Array();

const sameHashes = (these: readonly Hash[], those: readonly Hash[]): boolean =>
  these.length === those.length &&
  these.every((hash, n) => hash === those[n] || sameBytes(hash, those[n] ?? nothing));

/** The root that a node's hash and its siblings lead to; `first` is a leaf under the node. */
export const climb = (
  sha256: Sha256,
  hash: Hash,
  first: number,
  spans: readonly Span[],
  siblings: readonly Hash[],
): Hash => siblings.reduce((below, sibling, n) => parentOf(sha256, below, first, spans[n], sibling), hash);

const parentOf = (
  sha256: Sha256,
  hash: Hash,
  first: number,
  beside: Span | undefined,
  sibling: Hash,
): Hash => ((beside?.from ?? 0) > first ? nodeHash(sha256, hash, sibling) : nodeHash(sha256, sibling, hash));
