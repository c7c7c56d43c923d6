import { describe, expect, it } from '@jest/globals';
import { type EventHash, sourceOf, type StreamName, type TierCode } from '@liandong/kernel';
import { newPrivateKey, sealer, sealVerifier, serviceKey } from './keys.ts';
import { nodeSuite } from './ed25519.ts';
import { statementSigner, verifyStatement } from './sign.ts';
import { keyedNames, newTierSecret } from './tier-secret.ts';

const author = (tier: string) => sourceOf({ network: 'test.example', tier: tier as TierCode, epoch: 1 });
const city = author('431000');
const leaves = ['aa'.repeat(32), 'bb'.repeat(32)] as EventHash[];

describe('a commit seal', () => {
  const privateKey = newPrivateKey();
  const key = serviceKey('approval', privateKey);
  const isGenuine = sealVerifier((source) => (source === city ? [key] : []));
  const seal = sealer('approval', city, privateKey)(leaves);

  it('is genuine for its author, its service and its leaves', () => {
    expect(isGenuine(city, seal)).toBe(true);
  });

  it('is not another author’s', () => {
    expect(isGenuine(author('431021'), seal)).toBe(false);
    expect(sealVerifier(() => [key])(author('431021'), seal)).toBe(false);
  });

  it('is not another service’s', () => {
    expect(isGenuine(city, { ...seal, service: 'exchange' })).toBe(false);
  });

  it('covers every leaf and their order', () => {
    expect(isGenuine(city, { ...seal, leaves: leaves.toReversed() })).toBe(false);
    expect(isGenuine(city, { ...seal, leaves: leaves.slice(1) })).toBe(false);
  });

  it('does not survive a flipped bit', () => {
    const signature = Uint8Array.from(seal.signature, (byte, n) => (n === 7 ? byte ^ 1 : byte));
    expect(isGenuine(city, { ...seal, signature })).toBe(false);
  });
});

describe('a statement', () => {
  const [mine, other] = [newPrivateKey(), newPrivateKey()];
  const bytes = new TextEncoder().encode('hello');
  const said = statementSigner('exchange', mine)(bytes);
  const keys = [serviceKey('approval', mine), serviceKey('exchange', other), serviceKey('exchange', mine)];

  it('is genuine under the key it names, however often it is asked', () => {
    for (let n = 0; n < 3; n++) expect(verifyStatement(keys, 'exchange', bytes, said)).toBe(true);
  });

  it('is nobody else’s: not of another key, another service or other bytes', () => {
    expect(verifyStatement(keys.slice(0, 2), 'exchange', bytes, said)).toBe(false);
    const { keyId } = serviceKey('exchange', other);
    expect(verifyStatement(keys, 'exchange', bytes, { ...said, keyId })).toBe(false);
    expect(verifyStatement(keys, 'audit', bytes, said)).toBe(false);
    expect(verifyStatement(keys, 'exchange', bytes.slice(1), said)).toBe(false);
  });

  it('verifies for the ledger under the same raw key, and never under bytes that are no key', () => {
    const raw = Buffer.from(serviceKey('exchange', mine).publicKey, 'base64');
    const { verifyEd25519 } = nodeSuite();
    expect(verifyEd25519(raw, bytes, said.signature)).toBe(true);
    expect(verifyEd25519(raw.subarray(1), bytes, said.signature)).toBe(false);
    expect(verifyEd25519(new Uint8Array(32).fill(255), bytes, said.signature)).toBe(false);
  });
});

describe('a keyed name', () => {
  const stream = 'case-0' as StreamName;
  const { pseudonym, fingerprint } = keyedNames(newTierSecret());

  it('is the same person in one case and unlinkable between two', () => {
    expect(pseudonym('zhang', stream)).toBe(pseudonym('zhang', stream));
    expect(pseudonym('zhang', stream)).not.toBe(pseudonym('zhang', 'case-1' as StreamName));
    expect(pseudonym('zhang', stream)).not.toBe(pseudonym('li', stream));
  });

  it('cannot be computed without the secret', () => {
    expect(keyedNames(newTierSecret()).pseudonym('zhang', stream)).not.toBe(pseudonym('zhang', stream));
  });

  it('tells commands apart, whatever the order of their members', () => {
    expect(fingerprint({ a: 1, b: 2 })).toBe(fingerprint({ b: 2, a: 1 }));
    expect(fingerprint({ a: 1, b: 2 })).not.toBe(fingerprint({ a: 1, b: 3 }));
  });

  it('refuses a secret that could be guessed', () => {
    expect(() => keyedNames('short')).toThrow(RangeError);
  });
});
