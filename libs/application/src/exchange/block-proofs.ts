import { type Hash, hashBytes } from '@liandong/ledger';
import type { EntryProof } from '../ports/link-book.ts';
import type { BlockProofs } from '../ports/link-transport.ts';
import { listOnce } from './list-once.ts';

/** Gathers the proofs of a block's entries; every head and every hash once. */
export const proofTable = () => {
  const heads = listOnce<Uint8Array>((head) => head);
  const hashes = listOnce<Hash>((hash) => hash);
  const entries: { head: number; path: number[] }[] = [];
  return {
    add: ({ head, path }: EntryProof): void =>
      void entries.push({ head: heads.place(head), path: path.map(hashes.place) }),
    byteLength: () => byteLengthOf(heads.items) + hashBytes * hashes.items.length,
    proofs: (): BlockProofs | undefined =>
      entries.length === 0 ? undefined : { heads: heads.items, hashes: hashes.items, entries },
  };
};

const byteLengthOf = (all: readonly Uint8Array[]) => all.reduce((sum, { length }) => sum + length, 0);

/** The proof of a block's n-th entry; `undefined` also where it points at nothing. */
export const proofAt = (proofs: BlockProofs | undefined, n: number): EntryProof | undefined => {
  const entry = proofs?.entries[n];
  const head = entry && proofs?.heads[entry.head];
  const path = entry?.path.flatMap((at) => proofs?.hashes[at] ?? []);
  return head === undefined || path?.length !== entry?.path.length || path === undefined
    ? undefined
    : { head, path };
};
