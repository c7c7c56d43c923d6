import { encryptionKeyOf, letterCipher } from '@liandong/adapters/jwe';
import { postgresDeliveryBook } from '@liandong/adapters/postgres-links';
import type { PrivacyParts } from '@liandong/application';
import { decodeCaseFact, type TierConfig } from '@liandong/contracts';
import { type Access, fileContent } from './tier.ts';

/**
 * What the exchange needs to deliver personal fields and to take them in; `undefined` for a tier
 * without a key for letters, which keeps its own fields and is sent none.
 */
export const lettersOf = (
  { tier, members, keyFiles }: TierConfig,
  { pool, disclosures }: Access,
): PrivacyParts | undefined => {
  if (keyFiles.letters === undefined) return undefined;
  const pem = fileContent(keyFiles.letters, 'keyFiles.letters');
  const keyOf = (of: string) => members.find((member) => member.tier === of)?.letterKey;
  if (keyOf(tier)?.publicKey !== encryptionKeyOf(pem).publicKey)
    throw new Error(`keyFiles.letters is not the key that the members name for ${tier}`);
  return {
    disclosures,
    deliveries: postgresDeliveryBook(pool),
    cipher: letterCipher(keyOf, pem),
    factOf: decodeCaseFact,
  };
};
