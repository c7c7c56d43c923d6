import type { SignEd25519, Suite } from '@liandong/ledger';
import { createPrivateKey, sign, verify } from 'node:crypto';
import { sha256 } from './hash.ts';
import { ed25519PublicKey, rawPublicKey } from './public-key.ts';

/** What the ledger's arithmetic stands on, by Node. */
export const nodeSuite = (): Suite => ({
  sha256,
  verifyEd25519: (publicKey, message, signature) => {
    if (publicKey.length !== 32 || signature.length !== 64) return false;
    try {
      return verify(null, message, ed25519PublicKey(Buffer.from(publicKey).toString('base64')), signature);
    } catch {
      return false;
    }
  },
});

/** An Ed25519 key of a log or a witness, from PEM (PKCS #8). Throws on any other key. */
export const ed25519Signer = (
  privateKeyPem: string,
): { readonly publicKey: Uint8Array; readonly sign: SignEd25519 } => {
  const key = createPrivateKey(privateKeyPem);
  if (key.asymmetricKeyType !== 'ed25519') throw new TypeError('not an Ed25519 key');
  return {
    publicKey: rawPublicKey(key),
    sign: (message) => new Uint8Array(sign(null, message, key)),
  };
};
