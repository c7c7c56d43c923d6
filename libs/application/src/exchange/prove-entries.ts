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
import type { LedgerFiles, OwnLedger } from './ledger-links.ts';
import { sealedSoFar } from './sealed-so-far.ts';

/** Where an entry stands in the ledger that holds it, with the proof. */
export type ProvenLeaf = { readonly seq: number; readonly proof: EntryProof };

/** The proofs of entries by their number in all that is sealed, in the order asked for, under one head of each ledger. */
export type ProveEntries = (seqs: readonly number[]) => Promise<readonly ProvenLeaf[]>;

const nodesKept = 20_000;

export const entryProver = (sha256: Sha256, own: Pick<OwnLedger, 'book' | 'former'>): ProveEntries => {
  const sealed = sealedSoFar(own);
  const provers = new Map<LedgerFiles, ReturnType<typeof ledgerProver>>();
  return async (seqs) => {
    const leaves = await Promise.all(seqs.map(sealed.leafAt));
    const proofs = new Map<LedgerFiles, EntryProof[]>();
    for (const [book, of] of Map.groupBy(leaves, (leaf) => leaf.book)) {
      const prove = provers.get(book) ?? ledgerProver(sha256, book);
      provers.set(book, prove);
      proofs.set(book, [...(await prove(of.map(({ seq }) => seq)))]);
    }
    return leaves.flatMap(({ book, seq }): ProvenLeaf[] => {
      const proof = proofs.get(book)?.shift();
      return proof === undefined ? [] : [{ seq, proof }];
    });
  };
};

/**
 * Proves entries of one ledger under its anchored head. A complete subtree never changes, so its hash is
 * remembered; each tile is read at most once a call.
 */
const ledgerProver = (
  sha256: Sha256,
  book: LedgerFiles,
): ((seqs: readonly number[]) => Promise<readonly EntryProof[]>) => {
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
