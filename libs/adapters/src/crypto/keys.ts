import type { Sealer, SealVerifier, ServiceKey } from '@liandong/application';
import { type ServiceName, type Source, sealedBytes } from '@liandong/kernel';
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { sha256 } from './hash.ts';

/** A service's Ed25519 key, as PEM (PKCS #8). Kept in a file of its own, never in configuration or logs. */
export const newPrivateKey = (): string =>
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

/** The raw 32-byte public key, base64. */
const rawPublicKey = (key: KeyObject): Uint8Array =>
  key.export({ type: 'spki', format: 'der' }).subarray(-32);

const keyIdOf = (raw: Uint8Array): string => Buffer.from(sha256(raw)).toString('hex', 0, 4);

export const serviceKey = (service: ServiceName, privateKeyPem: string): ServiceKey => {
  const raw = rawPublicKey(createPublicKey(privateKeyPem));
  return { service, keyId: keyIdOf(raw), publicKey: Buffer.from(raw).toString('base64') };
};

export const sealer = (service: ServiceName, source: Source, privateKeyPem: string): Sealer => {
  const key = createPrivateKey(privateKeyPem);
  const { keyId } = serviceKey(service, privateKeyPem);
  return (leaves) => ({
    service,
    keyId,
    leaves,
    signature: new Uint8Array(sign(null, sealedBytes(sha256, source, leaves), key)),
  });
};

const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');

/** `keysOf` names the keys the network's trust root holds for an author's ledger. */
export const sealVerifier = (keysOf: (source: Source) => readonly ServiceKey[]): SealVerifier => {
  const imported = new Map<string, KeyObject>();
  const keyObject = (publicKey: string): KeyObject => {
    const known = imported.get(publicKey);
    if (known !== undefined) return known;
    const key = createPublicKey({
      key: Buffer.concat([spkiPrefix, Buffer.from(publicKey, 'base64')]),
      format: 'der',
      type: 'spki',
    });
    imported.set(publicKey, key);
    return key;
  };
  return (source, seal) => {
    const key = keysOf(source).find(({ service, keyId }) => service === seal.service && keyId === seal.keyId);
    return (
      key !== undefined &&
      verify(null, sealedBytes(sha256, source, seal.leaves), keyObject(key.publicKey), seal.signature)
    );
  };
};
