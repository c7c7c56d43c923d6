import { createHash, createPublicKey, generateKeyPairSync } from 'node:crypto';

/** What letters to a tier are encrypted to: the raw 32-byte X25519 key in base64, and the name it goes by. */
export type EncryptionKey = { readonly keyId: string; readonly publicKey: string };

/** A tier's X25519 key, as PEM (PKCS #8). Kept in a file of its own, never in configuration or logs. */
export const newEncryptionKey = (): string =>
  generateKeyPairSync('x25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

export const encryptionKeyOf = (privateKeyPem: string): EncryptionKey => {
  const raw = createPublicKey(privateKeyPem).export({ type: 'spki', format: 'der' }).subarray(-32);
  return {
    keyId: createHash('sha256').update(raw).digest('hex').slice(0, 8),
    publicKey: raw.toString('base64'),
  };
};
