import type { Sha256 } from '@liandong/kernel';
import { rootOf } from './compact-range.ts';
import type { Hash } from './hash.ts';

/** A complete subtree: it covers the leaves `index·2^level` up to `(index+1)·2^level`. */
export type Node = { readonly level: number; readonly index: number };

/** Leaves `from` up to, not including, `to`. */
export type Span = { readonly from: number; readonly to: number };

/** Answers with the hashes of the nodes asked for, in that order; undefined if one of them is not to be had. */
export type ReadNodes = (nodes: readonly Node[]) => Promise<readonly Hash[] | undefined>;

/** The largest power of two below n; n > 1. */
export const splitPoint = (n: number): number => {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
};

/** The complete subtrees of a span that a proof may speak of, left to right. */
export const nodesOf = ({ from, to }: Span): readonly Node[] => {
  const nodes: Node[] = [];
  for (let at = from; at < to;) {
    let level = 0;
    while (at % 2 ** (level + 1) === 0 && at + 2 ** (level + 1) <= to) level += 1;
    nodes.push({ level, index: at / 2 ** level });
    at += 2 ** level;
  }
  return nodes;
};

/** The hash of each span, from the nodes they fall into. */
export const readSpans = async (
  sha256: Sha256,
  read: ReadNodes,
  spans: readonly Span[],
): Promise<readonly Hash[] | undefined> => {
  const wanted = spans.map(nodesOf);
  const hashes = await read(wanted.flat());
  if (hashes === undefined) return undefined;
  let at = 0;
  return wanted.map((nodes) => rootOf(sha256, { roots: hashes.slice(at, (at += nodes.length)) }));
};
