import { concat, type Sha256 } from '@liandong/kernel';

/** 32 bytes of SHA-256. */
export type Hash = Uint8Array;
export const hashBytes = 32;

/** SHA-256 of nothing: the root of a tree without leaves. */
export const emptyRoot = (sha256: Sha256): Hash => sha256();

const leafPrefix = Uint8Array.of(0);
const nodePrefix = Uint8Array.of(1);

export const leafHash = (sha256: Sha256, entry: Uint8Array): Hash => sha256(leafPrefix, entry);
export const nodeHash = (sha256: Sha256, left: Hash, right: Hash): Hash => sha256(nodePrefix, left, right);

/** The largest tree anyone may speak of: every size is exact as a number. */
export const isSize = (size: number): boolean => Number.isSafeInteger(size) && size >= 0;

/** The root over hashes of equally high, complete trees, any number of them. */
export const foldHashes = (sha256: Sha256, hashes: readonly Hash[]): Hash => {
  let row = hashes;
  if (row.length === 0) return emptyRoot(sha256);
  while (row.length > 1) {
    const above: Hash[] = [];
    for (let n = 0; n < row.length; n += 2) {
      const [left, right] = row.slice(n, n + 2);
      if (left === undefined) break;
      above.push(right === undefined ? left : nodeHash(sha256, left, right));
    }
    row = above;
  }
  return row[0] ?? emptyRoot(sha256);
};

/** A row of hashes as one run of bytes, and back. */
export const joinHashes = (hashes: readonly Hash[]): Uint8Array => concat(...hashes);
export const splitHashes = (bytes: Uint8Array): readonly Hash[] =>
  Array.from({ length: Math.floor(bytes.length / hashBytes) }, (_, n) =>
    bytes.subarray(n * hashBytes, (n + 1) * hashBytes),
  );
