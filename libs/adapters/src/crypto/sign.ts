import type { ServiceKey, Signature } from '@liandong/application';
import type { ServiceName } from '@liandong/kernel';
import { createPrivateKey, randomBytes, sign, verify } from 'node:crypto';
import { serviceKey } from './keys.ts';
import { ed25519PublicKey } from './public-key.ts';

/** Signs statements that are not batches of events: greetings and heartbeats between tiers. */
export const statementSigner = (
  service: ServiceName,
  privateKeyPem: string,
): ((bytes: Uint8Array) => Signature) => {
  const key = createPrivateKey(privateKeyPem);
  const { keyId } = serviceKey(service, privateKeyPem);
  return (bytes) => ({ keyId, signature: new Uint8Array(sign(null, bytes, key)) });
};

/** Whether one of these keys made the signature. */
export const verifyStatement = (
  keys: readonly ServiceKey[],
  service: ServiceName,
  bytes: Uint8Array,
  { keyId, signature }: Signature,
): boolean => {
  const key = keys.find((each) => each.service === service && each.keyId === keyId);
  return key !== undefined && verify(null, bytes, ed25519PublicKey(key.publicKey), signature);
};

/** 256 random bits for one greeting. */
export const newNonce = (): Uint8Array => new Uint8Array(randomBytes(32));
