import type { Sha256 } from '@liandong/kernel';
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { makeVKey, type SignEd25519, type SigningType, type Suite, type VKey } from '../src/index.ts';

export const sha256: Sha256 = (...parts) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
};

const der = { public: '302a300506032b6570032100', private: '302e020100300506032b657004220420' };

const publicKeyObject = (raw: Uint8Array): KeyObject =>
  createPublicKey({ key: Buffer.concat([Buffer.from(der.public, 'hex'), raw]), format: 'der', type: 'spki' });

export const suite: Suite = {
  sha256,
  verifyEd25519: (publicKey, message, signature) =>
    verify(null, message, publicKeyObject(publicKey), signature),
};

/** A key made of its name, so a test that fails fails again. */
export const keyPair = <Type extends SigningType>(
  name: string,
  type: Type,
  seed = name,
): { readonly key: VKey & { readonly type: Type }; readonly sign: SignEd25519 } => {
  const privateKey = createPrivateKey({
    key: Buffer.concat([Buffer.from(der.private, 'hex'), sha256(Buffer.from(`${type} ${seed}`))]),
    format: 'der',
    type: 'pkcs8',
  });
  const raw = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-32);
  return {
    key: { ...makeVKey(sha256, name, type, new Uint8Array(raw)), type },
    sign: (message) => new Uint8Array(sign(null, message, privateKey)),
  };
};
