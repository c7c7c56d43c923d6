import type { ServiceKey, Signature } from '@liandong/application';
import type { ServiceName } from '@liandong/kernel';
import { createPrivateKey, createPublicKey, randomBytes, sign, verify } from 'node:crypto';
import { serviceKey } from './keys.ts';

/** Signs statements that are not batches of events: greetings and heartbeats between tiers. */
export const statementSigner = (
  service: ServiceName,
  privateKeyPem: string,
): ((bytes: Uint8Array) => Signature) => {
  const key = createPrivateKey(privateKeyPem);
  const { keyId } = serviceKey(service, privateKeyPem);
  return (bytes) => ({ keyId, signature: new Uint8Array(sign(null, bytes, key)) });
};

const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');

/** Whether one of these keys made the signature. */
export const verifyStatement = (
  keys: readonly ServiceKey[],
  service: ServiceName,
  bytes: Uint8Array,
  { keyId, signature }: Signature,
): boolean => {
  const key = keys.find((each) => each.service === service && each.keyId === keyId);
  if (key === undefined) return false;
  const spki = Buffer.concat([spkiPrefix, Buffer.from(key.publicKey, 'base64')]);
  return verify(null, bytes, createPublicKey({ key: spki, format: 'der', type: 'spki' }), signature);
};

/** 256 random bits for one greeting. */
export const newNonce = (): Uint8Array => new Uint8Array(randomBytes(32));
