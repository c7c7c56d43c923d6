import type { Sha256 } from './bytes.ts';
import { toBase64url, utf8 } from './bytes.ts';

/** What a personal field may hold. */
export type Personal = string | number | boolean | readonly Personal[];

/** The clear text of one personal field, kept apart from the event that holds only its digest. */
export type Disclosure = {
  readonly digest: string;
  /** 128 random bits, base64url. */
  readonly salt: string;
  readonly name: string;
  readonly value: Personal;
};

/** The digest that stands in `data._sd` for a field (RFC 9901 §4.2.3). */
export const disclosureDigest = (
  sha256: Sha256,
  { salt, name, value }: Pick<Disclosure, 'salt' | 'name' | 'value'>,
): string => toBase64url(sha256(utf8(toBase64url(utf8(JSON.stringify([salt, name, value]))))));

/** Event data in which personal fields stand as salted digests only. */
export type WithDigests<Data> = Data & { readonly _sd?: readonly string[] };

/** Moves personal fields out of a fact's data: their digests stay, sorted; the clear text goes apart. */
export const withhold = <Data extends object>(
  sha256: Sha256,
  newSalt: () => string,
  data: Data,
  personal: Readonly<Record<string, Personal>>,
): { readonly data: WithDigests<Data>; readonly disclosures: readonly Disclosure[] } => {
  const disclosures = Object.entries(personal).map(([name, value]): Disclosure => {
    const salt = newSalt();
    return { salt, name, value, digest: disclosureDigest(sha256, { salt, name, value }) };
  });
  if (disclosures.length === 0) return { data, disclosures };
  return { data: { ...data, _sd: disclosures.map(({ digest }) => digest).sort() }, disclosures };
};
