import { toHex } from '@liandong/kernel';
import type { Hash } from '@liandong/ledger';
import type { EntryProof } from '../ports/link-book.ts';
import type { BlockProofs } from '../ports/link-transport.ts';

/** Gathers the proofs of a block's entries; every head and every hash once. */
export const proofTable = () => {
  const heads: Uint8Array[] = [];
  const hashes: Hash[] = [];
  const entries: { head: number; path: number[] }[] = [];
  const headPlaces = new Map<string, number>();
  const hashPlaces = new Map<string, number>();
  let size = 0;
  const place = (places: Map<string, number>, all: Uint8Array[], bytes: Uint8Array): number => {
    const key = toHex(bytes);
    const known = places.get(key);
    if (known !== undefined) return known;
    places.set(key, all.length);
    all.push(bytes);
    size += bytes.length;
    return all.length - 1;
  };
  return {
    add: ({ head, path }: EntryProof): void =>
      void entries.push({
        head: place(headPlaces, heads, head),
        path: path.map((hash) => place(hashPlaces, hashes, hash)),
      }),
    byteLength: () => size,
    proofs: (): BlockProofs | undefined => (entries.length === 0 ? undefined : { heads, hashes, entries }),
  };
};

/** The proof of a block's n-th entry; `undefined` also where it points at nothing. */
export const proofAt = (proofs: BlockProofs | undefined, n: number): EntryProof | undefined => {
  const entry = proofs?.entries[n];
  const head = entry && proofs?.heads[entry.head];
  const path = entry?.path.flatMap((at) => proofs?.hashes[at] ?? []);
  return head === undefined || path?.length !== entry?.path.length || path === undefined
    ? undefined
    : { head, path };
};
