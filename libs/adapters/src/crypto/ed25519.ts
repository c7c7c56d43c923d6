import type { SignEd25519, Suite } from '@liandong/ledger';
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { sha256 } from './hash.ts';

const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');
const mostKept = 1_000;

/** What the ledger's arithmetic stands on, by Node. Keys that verify again and again are read once. */
export const nodeSuite = (): Suite => {
  const keys = new Map<string, KeyObject>();
  const keyOf = (raw: Uint8Array): KeyObject => {
    const name = Buffer.from(raw).toString('base64');
    const known = keys.get(name);
    if (known !== undefined) return known;
    const key = createPublicKey({ key: Buffer.concat([spkiPrefix, raw]), format: 'der', type: 'spki' });
    if (keys.size >= mostKept) keys.clear();
    keys.set(name, key);
    return key;
  };
  return {
    sha256,
    verifyEd25519: (publicKey, message, signature) => {
      if (publicKey.length !== 32 || signature.length !== 64) return false;
      try {
        return verify(null, message, keyOf(publicKey), signature);
      } catch {
        return false;
      }
    },
  };
};

/** An Ed25519 key of a log or a witness, from PEM (PKCS #8). Throws on any other key. */
export const ed25519Signer = (
  privateKeyPem: string,
): { readonly publicKey: Uint8Array; readonly sign: SignEd25519 } => {
  const key = createPrivateKey(privateKeyPem);
  if (key.asymmetricKeyType !== 'ed25519') throw new TypeError('not an Ed25519 key');
  const spki = createPublicKey(privateKeyPem).export({ type: 'spki', format: 'der' });
  return {
    publicKey: new Uint8Array(spki.subarray(-32)),
    sign: (message) => new Uint8Array(sign(null, message, key)),
  };
};
