import type { Sealer, SealVerifier, ServiceKey } from '@liandong/application';
import { type ServiceName, type Source, sealedBytes } from '@liandong/kernel';
import { createPrivateKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { sha256 } from './hash.ts';
import { ed25519PublicKey, rawPublicKey } from './public-key.ts';

/** A service's Ed25519 key, as PEM (PKCS #8). Kept in a file of its own, never in configuration or logs. */
export const newPrivateKey = (): string =>
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

const keyIdOf = (raw: Uint8Array): string => Buffer.from(sha256(raw)).toString('hex', 0, 4);

export const serviceKey = (service: ServiceName, privateKeyPem: string): ServiceKey => {
  const raw = rawPublicKey(createPrivateKey(privateKeyPem));
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

/** `keysOf` names the keys the network's trust root holds for an author's ledger. */
export const sealVerifier =
  (keysOf: (source: Source) => readonly ServiceKey[]): SealVerifier =>
  (source, seal) => {
    const key = keysOf(source).find(({ service, keyId }) => service === seal.service && keyId === seal.keyId);
    return (
      key !== undefined &&
      verify(null, sealedBytes(sha256, source, seal.leaves), ed25519PublicKey(key.publicKey), seal.signature)
    );
  };
