import { describe, expect, it } from '@jest/globals';
import { fromUtf8, type TierCode, utf8 } from '@liandong/kernel';
import { CompactEncrypt, compactDecrypt, decodeProtectedHeader, importPKCS8 } from 'jose';
import { encryptionKeyOf, newEncryptionKey } from './keys.ts';
import { letterCipher } from './letter-cipher.ts';

const [city, county, township] = ['431000', '431021', '431021106'] as [TierCode, TierCode, TierCode];
const pems = new Map([county, township].map((tier) => [tier, newEncryptionKey()]));
const keyOf = (tier: TierCode) => {
  const pem = pems.get(tier);
  return pem === undefined ? undefined : encryptionKeyOf(pem);
};
const at = (tier: TierCode) => letterCipher(keyOf, pems.get(tier)!);
const secret = '桂阳某某有限公司';
const closedFor = async (tier: TierCode) => (await at(county).close(tier, utf8(secret)))!;

describe('a letter that was closed', () => {
  it('is opened by the tier it was closed for', async () => {
    const opened = await at(township).open(await closedFor(township));
    expect(fromUtf8(opened!)).toBe(secret);
  });

  it('is opened by nobody else, its sender included', async () => {
    const jwe = await closedFor(township);
    expect(await at(county).open(jwe)).toBeUndefined();
    expect(await letterCipher(keyOf, newEncryptionKey()).open(jwe)).toBeUndefined();
  });

  it('holds no clear text and differs each time', async () => {
    const letters = await Promise.all([closedFor(township), closedFor(township)]);
    expect(letters[0]).not.toBe(letters[1]);
    for (const jwe of letters)
      for (const part of jwe.split('.'))
        expect(Buffer.from(part, 'base64url').includes(Buffer.from(secret))).toBe(false);
  });

  it('is what any JOSE library reads', async () => {
    const jwe = await closedFor(township);
    expect(decodeProtectedHeader(jwe)).toMatchObject({
      ...{ alg: 'ECDH-ES+A256KW', enc: 'A256GCM', kid: keyOf(township)?.keyId },
      epk: { kty: 'OKP', crv: 'X25519' },
    });
    const key = await importPKCS8(pems.get(township)!, 'ECDH-ES+A256KW');
    expect(fromUtf8((await compactDecrypt(jwe, key)).plaintext)).toBe(secret);
  });

  it('is not opened once a character of it was changed, wherever', async () => {
    const jwe = await closedFor(township);
    for (const [n, part] of jwe.split('.').entries()) {
      const parts = jwe.split('.');
      parts[n] = (part.startsWith('A') ? 'B' : 'A') + part.slice(1);
      expect(await at(township).open(parts.join('.'))).toBeUndefined();
    }
  });

  it('is not made for a tier without a key', async () => {
    expect(await at(county).close(city, utf8(secret))).toBeUndefined();
  });

  it.each(['', 'no letter', '....', 'a.b.c.d.e', `${'é'.repeat(9)}.....`])(
    'is nothing if it is %j',
    async (jwe) => {
      expect(await at(township).open(jwe)).toBeUndefined();
    },
  );

  it('under a weaker algorithm is not opened', async () => {
    const x = Buffer.from(keyOf(township)!.publicKey, 'base64').toString('base64url');
    for (const header of [
      { alg: 'ECDH-ES', enc: 'A256GCM' },
      { alg: 'ECDH-ES+A256KW', enc: 'A128CBC-HS256' },
    ]) {
      const key = { kty: 'OKP', crv: 'X25519', x, alg: header.alg };
      const jwe = await new CompactEncrypt(utf8(secret)).setProtectedHeader(header).encrypt(key);
      expect(await at(township).open(jwe)).toBeUndefined();
    }
  });
});
