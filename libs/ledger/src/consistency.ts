import { ok, refuse, type Result, sameBytes, type Sha256 } from '@liandong/kernel';
import { emptyRoot, type Hash, hashBytes, isSize, nodeHash } from './hash.ts';
import type { ProofRefusal } from './inclusion.ts';
import { type ReadNodes, readSpans, type Span, splitPoint } from './node.ts';

type Step = { readonly span: Span; readonly side: 'seed' | 'left' | 'right' };

/**
 * The way from the smaller tree up to the root of the larger (RFC 6962 §2.1.2): first the
 * largest complete subtree at the end of the smaller tree, then one sibling a step, on its
 * left if both trees have it, on its right if only the larger has.
 */
const steps = (smaller: number, larger: number): readonly Step[] => {
  const up: Step[] = [];
  let span: Span = { from: 0, to: larger };
  while (span.to > smaller) {
    const middle = span.from + splitPoint(span.to - span.from);
    const [left, right] = [
      { from: span.from, to: middle },
      { from: middle, to: span.to },
    ];
    up.push(smaller <= middle ? { span: right, side: 'right' } : { span: left, side: 'left' });
    span = smaller <= middle ? left : right;
  }
  return [{ span, side: 'seed' } as const, ...up.reverse()];
};

/** The seed is left out where it is the whole smaller tree: who verifies has its root. */
const seedIsRoot = (smaller: number, [seed]: readonly Step[]): boolean =>
  seed?.span.from === 0 && seed.span.to === smaller;

export const consistencySpans = (smaller: number, larger: number): readonly Span[] => {
  if (smaller === 0 || smaller === larger) return [];
  const path = steps(smaller, larger);
  return path.slice(seedIsRoot(smaller, path) ? 1 : 0).map(({ span }) => span);
};

/** As `proveInclusion`: the proof that the first `smaller` leaves of the larger tree are the smaller tree. */
export const proveConsistency = async (
  sha256: Sha256,
  read: ReadNodes,
  smaller: number,
  larger: number,
): Promise<readonly Hash[] | undefined> =>
  isSize(smaller) && isSize(larger) && smaller <= larger
    ? readSpans(sha256, read, consistencySpans(smaller, larger))
    : undefined;

/** What the steps of a proof amount to: the root of the larger tree, and of its first `smaller` leaves. */
export type ProvenRoots = { readonly smaller: Hash; readonly larger: Hash };

/** `path` begins with the seed, always; 0 < smaller < larger. */
export const rootsOfPath = (
  sha256: Sha256,
  smaller: number,
  larger: number,
  path: readonly Hash[],
): ProvenRoots | undefined => {
  const [seed, ...siblings] = path;
  const [, ...up] = steps(smaller, larger);
  if (seed === undefined || siblings.length !== up.length) return undefined;
  let roots: ProvenRoots = { smaller: seed, larger: seed };
  for (const [n, sibling] of siblings.entries())
    roots =
      up[n]?.side === 'left'
        ? {
            smaller: nodeHash(sha256, sibling, roots.smaller),
            larger: nodeHash(sha256, sibling, roots.larger),
          }
        : { smaller: roots.smaller, larger: nodeHash(sha256, roots.larger, sibling) };
  return roots;
};

/** The whole path in the larger tree, seed included: evidence needs it. */
export const pathSpans = (smaller: number, larger: number): readonly Span[] =>
  steps(smaller, larger).map(({ span }) => span);

export const verifyConsistency = (
  sha256: Sha256,
  claim: {
    readonly smaller: number;
    readonly larger: number;
    readonly smallerRoot: Hash;
    readonly largerRoot: Hash;
    readonly proof: readonly Hash[];
  },
): Result<'consistent', ProofRefusal> => {
  const { smaller, larger, smallerRoot, largerRoot, proof } = claim;
  if (!isSize(smaller) || !isSize(larger)) return refuse({ code: 'size-out-of-range' });
  if (smaller > larger) return refuse({ code: 'sizes-reversed' });
  if (![smallerRoot, largerRoot, ...proof].every(({ length }) => length === hashBytes))
    return refuse({ code: 'not-a-hash' });

  if (smaller === 0 || smaller === larger) {
    if (proof.length > 0) return refuse({ code: 'wrong-proof-length' });
    const empty = emptyRoot(sha256);
    const sound =
      (smaller > 0 || sameBytes(smallerRoot, empty)) &&
      (smaller < larger || sameBytes(smallerRoot, largerRoot));
    return sound ? ok('consistent') : refuse({ code: 'other-root' });
  }

  const path = seedIsRoot(smaller, steps(smaller, larger)) ? [smallerRoot, ...proof] : proof;
  const roots = rootsOfPath(sha256, smaller, larger, path);
  if (roots === undefined) return refuse({ code: 'wrong-proof-length' });
  return sameBytes(roots.smaller, smallerRoot) && sameBytes(roots.larger, largerRoot)
    ? ok('consistent')
    : refuse({ code: 'other-root' });
};
