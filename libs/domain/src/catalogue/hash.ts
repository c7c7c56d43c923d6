import { canonicalJson, type Sha256, toHex, utf8 } from '@liandong/kernel';
import type { ItemVersion } from './item.ts';

/** What an adoption and a case name, so that the rules that applied stay provable: SHA-256 of the canonical JSON. */
export const itemHash = (sha256: Sha256, version: ItemVersion): string =>
  toHex(sha256(utf8(canonicalJson(version))));
