import type { Sha256 } from '@liandong/kernel';
import { emptyRoot, type Hash, nodeHash } from './hash.ts';

/**
 * All that is needed of a tree to append to it: the roots of the complete subtrees its
 * size decomposes into, largest first, at most 53 of them.
 */
export type CompactRange = { readonly size: number; readonly roots: readonly Hash[] };

export const emptyRange: CompactRange = { size: 0, roots: [] };

export const appendLeaves = (sha256: Sha256, range: CompactRange, leaves: readonly Hash[]): CompactRange => {
  const roots = [...range.roots];
  let size = range.size;
  for (const leaf of leaves) {
    let root = leaf;
    for (let left = size; left % 2 === 1; left = Math.floor(left / 2)) {
      const sibling = roots.pop();
      if (sibling === undefined)
        throw new RangeError(`a tree of ${range.size} has more subtrees than were given`);
      root = nodeHash(sha256, sibling, root);
    }
    roots.push(root);
    size += 1;
  }
  return { size, roots };
};

export const rootOf = (sha256: Sha256, { roots }: Pick<CompactRange, 'roots'>): Hash =>
  roots.length === 0 ? emptyRoot(sha256) : roots.reduceRight((right, left) => nodeHash(sha256, left, right));
