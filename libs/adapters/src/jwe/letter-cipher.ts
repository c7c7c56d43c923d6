import type { LetterCipher } from '@liandong/application';
import type { TierCode } from '@liandong/kernel';
import { compactDecrypt, CompactEncrypt, type CryptoKey, errors, importJWK, importPKCS8 } from 'jose';
import type { EncryptionKey } from './keys.ts';

const algorithm = 'ECDH-ES+A256KW';
const encryption = 'A256GCM';

/**
 * Letters as JWE (RFC 7516) to X25519 keys (RFC 8037). `keyOf` names the key the trust root
 * holds for a tier; `privateKeyPem` is this tier's own.
 */
export const letterCipher = (
  keyOf: (tier: TierCode) => EncryptionKey | undefined,
  privateKeyPem: string,
): LetterCipher => {
  const imported = new Map<string, Promise<CryptoKey>>();
  const publicKey = ({ publicKey: raw }: EncryptionKey) => {
    const x = Buffer.from(raw, 'base64').toString('base64url');
    const known = imported.get(x) ?? importJWK({ kty: 'OKP', crv: 'X25519', x }, algorithm);
    imported.set(x, known);
    return known;
  };
  let own: Promise<CryptoKey> | undefined;

  return {
    close: async (to, text) => {
      const key = keyOf(to);
      if (key === undefined) return undefined;
      return new CompactEncrypt(text)
        .setProtectedHeader({ alg: algorithm, enc: encryption, kid: key.keyId })
        .encrypt(await publicKey(key));
    },
    open: async (jwe) => {
      own ??= importPKCS8(privateKeyPem, algorithm);
      const key = await own;
      try {
        const { plaintext } = await compactDecrypt(jwe, key, {
          keyManagementAlgorithms: [algorithm],
          contentEncryptionAlgorithms: [encryption],
        });
        return plaintext;
      } catch (error) {
        // Whatever a stranger sends is no error of this tier.
        if (error instanceof errors.JOSEError || error instanceof TypeError) return undefined;
        throw error;
      }
    },
  };
};
