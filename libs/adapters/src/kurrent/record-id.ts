import type { Sha256 } from '@liandong/kernel';
import { createHash } from 'node:crypto';

/**
 * The record's own id is made of the event's bytes, not of its identity: the server takes two
 * records of one id at one revision for the same, and other bytes are never the same.
 */
export const recordId = (hash: string): string => {
  const variant = ((parseInt(hash.slice(16, 17), 16) & 3) | 8).toString(16);
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `8${hash.slice(13, 16)}`,
    `${variant}${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join('-');
};

export const sha256: Sha256 = (...parts) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
