import type { Sha256 } from '@liandong/kernel';
import {
  type Hash,
  inclusionSpans,
  nodesInTiles,
  type ReadNodes,
  readSpans,
  type Span,
} from '@liandong/ledger';
import type { EntryProof } from '../ports/link-book.ts';
import type { OwnLedger } from './ledger-links.ts';

/** The proofs of entries by their leaf index, in the order asked for, all under one head. */
export type ProveEntries = (seqs: readonly number[]) => Promise<readonly EntryProof[]>;

const nodesKept = 20_000;

/**
 * Proves entries under the anchored head. A complete subtree never changes, so its hash is
 * remembered; each tile is read at most once a call.
 */
export const entryProver = (sha256: Sha256, { book }: Pick<OwnLedger, 'book'>): ProveEntries => {
  const remembered = new Map<string, Hash>();

  const remembering =
    (read: ReadNodes): ReadNodes =>
    async (nodes) => {
      const named = nodes.map((node) => ({ node, name: `${node.level} ${node.index}` }));
      const fresh = named.filter(({ name }) => !remembered.has(name));
      const hashes = fresh.length === 0 ? [] : await read(fresh.map(({ node }) => node));
      if (hashes === undefined) return undefined;
      const found = new Map(fresh.map(({ name }, n) => [name, hashes[n]]));
      for (const [name, hash] of found) if (hash !== undefined) remembered.set(name, hash);
      const all = named.flatMap(({ name }) => remembered.get(name) ?? []);
      for (const [oldest] of remembered) {
        if (remembered.size <= nodesKept) break;
        remembered.delete(oldest);
      }
      return all.length === nodes.length ? all : undefined;
    };

  return async (seqs) => {
    if (seqs.length === 0) return [];
    const anchored = await book.anchored();
    if (anchored === undefined) throw new Error('nothing of the ledger is anchored');
    const { size, note: head } = anchored;
    const beyond = seqs.find((seq) => seq >= size);
    if (beyond !== undefined) throw new Error(`the ledger cannot prove entry ${beyond} of ${size}`);
    // Entries side by side have most of their siblings in common.
    const paths = seqs.map((seq) => inclusionSpans(seq, size));
    const spans = new Map(paths.flat().map((span) => [nameOf(span), span]));
    const read = remembering(nodesInTiles(sha256, book.tile, size));
    const found = await readSpans(sha256, read, [...spans.values()]);
    if (found === undefined) throw new Error(`the ledger lost a tile under its head of ${size}`);
    const hashes = new Map([...spans.keys()].map((name, n) => [name, found[n]]));
    return paths.map((path) => ({ head, path: path.flatMap((span) => hashes.get(nameOf(span)) ?? []) }));
  };
};

const nameOf = ({ from, to }: Span): string => `${from}-${to}`;
