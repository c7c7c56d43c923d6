import type { Sha256 } from '@liandong/kernel';
import { parsePolicy, type Policy } from '@liandong/ledger';
import { readFileSync } from 'node:fs';

/** Reads the tlog-policy of one log, or throws an error that names the line. */
export const loadPolicy = (sha256: Sha256, file: string): Policy => {
  const policy = parsePolicy(sha256, new Uint8Array(readFileSync(file)));
  if (policy.ok) return policy.value;
  const { line, rule } = policy.refusal;
  throw new Error(`${file} is not a witness policy: line ${line}: ${rule}`);
};
