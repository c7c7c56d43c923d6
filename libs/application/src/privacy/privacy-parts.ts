import type { FactOf } from '../cases/case-book.ts';
import type { DeliveryBook } from '../ports/delivery-book.ts';
import type { Disclosures } from '../ports/disclosures.ts';
import type { LetterCipher } from '../ports/letter-cipher.ts';

/** What a tier needs to deliver personal fields, and to take them in. */
export type PrivacyParts = {
  readonly disclosures: Disclosures;
  readonly deliveries: DeliveryBook;
  readonly cipher: LetterCipher;
  readonly factOf: FactOf;
};
