import type { Sha256 } from '@liandong/kernel';
import { createHash, randomBytes } from 'node:crypto';

export const sha256: Sha256 = (...parts) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
};

/** 128 random bits, base64url. */
export const newSalt = (): string => randomBytes(16).toString('base64url');
