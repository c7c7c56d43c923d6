import { describe, expect, it } from '@jest/globals';
import { newPrivateKey, serviceKey, statementSigner, verifyStatement } from '@liandong/adapters/crypto';
import { concat, type EventHash, type StreamName, type TierCode, toHex, utf8 } from '@liandong/kernel';
import fc from 'fast-check';
import type { Signature } from '../ports/link-transport.ts';
import { type LetterContent, maxLetterFields, readLetter, writeLetter } from './letter.ts';

const [county, city] = ['431021', '431000'] as [TierCode, TierCode];
const pem = newPrivateKey();
const sign = statementSigner('exchange', pem);
const keys = [serviceKey('exchange', pem)];
const verify = (tier: TierCode, bytes: Uint8Array, signature: Signature) =>
  tier === county && verifyStatement(keys, 'exchange', bytes, signature);
const names = { network: 'test.example', author: county, destination: city };

const field = { event: 'ab'.repeat(32) as EventHash, salt: 's', name: 'matter', value: '厂房' as const };
const one = { stream: 'case-1' as StreamName, heads: ['cd'.repeat(32) as EventHash], fields: [field] };
const content: LetterContent = { ...names, cases: [one] };
const read = (text: Uint8Array, expected = names) => readLetter(verify, expected, text);

/** What the author itself would have to sign to say something no release of ours says. */
const signedAs = (value: unknown): Uint8Array => {
  const json = typeof value === 'string' ? utf8(value) : utf8(JSON.stringify(value));
  const { keyId, signature } = sign(concat(utf8('liandong/letter/v1\n'), json));
  return concat(utf8(`${keyId} ${toHex(signature)}\n`), json);
};

describe('the text of a letter', () => {
  it('is read as it was written', () => {
    expect(read(writeLetter(sign, content))).toEqual(content);
  });

  it('is nothing once any byte of it was changed', () => {
    const text = writeLetter(sign, content);
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const changed = text.slice();
        changed[at] = (changed[at] ?? 0) ^ by;
        return read(changed) === undefined;
      }),
    );
  });

  it('is nothing under other names than it travels under', () => {
    const text = writeLetter(sign, content);
    for (const change of [{ network: 'other.example' }, { author: city }, { destination: county }])
      expect(read(text, { ...names, ...change })).toBeUndefined();
  });

  it('is nothing cut short', () => {
    const text = writeLetter(sign, content);
    for (const length of [0, 1, 100, text.length - 1]) expect(read(text.subarray(0, length))).toBeUndefined();
  });

  it.each([
    ['no JSON', '{'],
    ['no object', '[]'],
    ['no cases', { ...names }],
    ['too many cases', { ...content, cases: Array(17).fill(one) }],
    ['too many fields', { ...content, cases: [{ ...one, fields: Array(maxLetterFields + 1).fill(field) }] }],
    ['a head that is no hash', { ...content, cases: [{ ...one, heads: ['x'] }] }],
    ['an event that is no hash', { ...content, cases: [{ ...one, fields: [{ ...field, event: 'AB' }] }] }],
    ['no salt', { ...content, cases: [{ ...one, fields: [{ ...field, salt: 1 }] }] }],
    ['an object for a value', { ...content, cases: [{ ...one, fields: [{ ...field, value: {} }] }] }],
    ['a null case', { ...content, cases: [null] }],
  ])('is nothing if it says %s, whoever signed it', (_, said) => {
    expect(read(signedAs(said))).toBeUndefined();
  });

  it('is read if its author signs it so, which is why the others are nothing', () => {
    expect(read(signedAs(content))).toEqual(content);
  });
});
