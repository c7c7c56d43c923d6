import { createPublicKey, type KeyObject } from 'node:crypto';

/** What stands before the 32 raw bytes of an Ed25519 key in the form Node reads (SPKI, DER). */
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');
const mostKept = 1_000;

const keys = new Map<string, KeyObject>();

/**
 * The key behind 32 raw bytes, given in base64. Few keys verify again and again, and reading one
 * costs as much as using it: what was read once is kept. Throws on bytes that are no key.
 */
export const ed25519PublicKey = (base64: string): KeyObject => {
  const known = keys.get(base64);
  if (known !== undefined) return known;
  const raw = Buffer.from(base64, 'base64');
  const key = createPublicKey({ key: Buffer.concat([spkiPrefix, raw]), format: 'der', type: 'spki' });
  if (keys.size >= mostKept) keys.clear();
  keys.set(base64, key);
  return key;
};

/** The raw 32 bytes of an Ed25519 key, public or private. */
export const rawPublicKey = (key: KeyObject): Uint8Array =>
  new Uint8Array(
    (key.type === 'private' ? createPublicKey(key) : key)
      .export({ type: 'spki', format: 'der' })
      .subarray(-32),
  );
