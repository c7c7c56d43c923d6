import {
  appendLeaves,
  emptyRange,
  emptyRoot,
  type Hash,
  proveConsistency,
  proveInclusion,
  type ReadNodes,
  rootOf,
} from '@liandong/ledger';
import { sha256 } from '../../libs/ledger/test/suite.ts';

export type InclusionClaim = {
  readonly leaf: Hash;
  readonly index: number;
  readonly size: number;
  readonly root: Hash;
  readonly proof: readonly Hash[];
};
export type ConsistencyClaim = {
  readonly smaller: number;
  readonly larger: number;
  readonly smallerRoot: Hash;
  readonly largerRoot: Hash;
  readonly proof: readonly Hash[];
};

const leaves = Array.from({ length: 40 }, (_, n) => sha256(Uint8Array.of(0, n)));
const rootAt = (size: number): Hash =>
  rootOf(sha256, appendLeaves(sha256, emptyRange, leaves.slice(0, size)));
const read: ReadNodes = async (nodes) =>
  nodes.map(({ level, index }) =>
    rootOf(
      sha256,
      appendLeaves(sha256, emptyRange, leaves.slice(index * 2 ** level, (index + 1) * 2 ** level)),
    ),
  );

const flipped = (hash: Hash): Hash => hash.map((byte, n) => (n === 0 ? byte ^ 8 : byte));
const junk = sha256(Uint8Array.of(1, 2, 3));
const nothing = new Uint8Array();

/** A proof, and the ways to spoil it that others test themselves with. */
const spoilt = (proof: readonly Hash[], ...roots: readonly Hash[]): readonly (readonly Hash[])[] => [
  proof,
  [],
  proof.slice(0, -1),
  proof.slice(1),
  ...[nothing, junk, ...roots].flatMap((extra) => [
    [...proof, extra],
    [extra, ...proof],
  ]),
  ...proof.map((_, at) => proof.map((hash, n) => (n === at ? flipped(hash) : hash))),
  proof.toReversed(),
];

/** Index and size are at least 0 and 1: of empty trees the other library says nothing. */
export const inclusionClaims = async (): Promise<readonly InclusionClaim[]> => {
  const claims: InclusionClaim[] = [];
  for (const size of [1, 2, 3, 5, 7, 8, 17, 33, 40])
    for (const index of new Set([0, 1, size >> 1, size - 1].filter((at) => at < size))) {
      const proof = (await proveInclusion(sha256, read, index, size)) ?? [];
      const claim = { leaf: leaves[index] ?? nothing, index, size, root: rootAt(size), proof };
      claims.push(...spoilt(proof, claim.root).map((proof) => ({ ...claim, proof })));
      for (const other of [index - 1, index + 1, index ^ 2])
        if (other >= 0) claims.push({ ...claim, index: other });
      for (const other of [size - 1, size + 1, size * 2, size >> 1]) {
        claims.push({ ...claim, size: other });
        if (other >= 1 && other <= leaves.length) claims.push({ ...claim, size: other, root: rootAt(other) });
      }
      for (const root of [emptyRoot(sha256), junk, nothing]) claims.push({ ...claim, root });
      for (const leaf of [junk, nothing, flipped(claim.leaf)]) claims.push({ ...claim, leaf });
    }
  return claims;
};

/** Both sizes are at least 1: a proof from nothing is judged by hand, since libraries differ on it. */
export const consistencyClaims = async (): Promise<readonly ConsistencyClaim[]> => {
  const claims: ConsistencyClaim[] = [];
  const sizes = [1, 2, 3, 4, 6, 7, 8, 16, 17, 31, 32, 33, 40];
  for (const larger of sizes)
    for (const smaller of sizes.filter((size) => size <= larger)) {
      const proof = (await proveConsistency(sha256, read, smaller, larger)) ?? [];
      const [smallerRoot, largerRoot] = [rootAt(smaller), rootAt(larger)];
      const claim = { smaller, larger, smallerRoot, largerRoot, proof };
      claims.push(...spoilt(proof, smallerRoot, largerRoot).map((proof) => ({ ...claim, proof })));
      for (const other of [smaller - 1, smaller + 1, smaller ^ 2, larger + 1])
        if (other >= 1) claims.push({ ...claim, smaller: other });
      for (const other of [larger * 2, larger >> 1, larger + 1, larger - 1])
        if (other >= 1) claims.push({ ...claim, larger: other });
      claims.push({ ...claim, smallerRoot: largerRoot, largerRoot: smallerRoot });
      for (const wrong of [junk, nothing, emptyRoot(sha256)])
        claims.push({ ...claim, smallerRoot: wrong }, { ...claim, largerRoot: wrong });
    }
  return claims;
};
