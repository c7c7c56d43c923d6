import { type Sha256, toHex, utf8 } from '@liandong/kernel';
import type { OriginHash } from '../ports/witness-store.ts';

export const originHash = (sha256: Sha256, origin: string): OriginHash =>
  toHex(sha256(utf8(origin))) as OriginHash;
