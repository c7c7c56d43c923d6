import type { TierCode } from '@liandong/kernel';

/** Closes letters so that nobody between two tiers can read them. */
export interface LetterCipher {
  /** The text only `to` can read, as a JWE in compact form; `undefined` if the trust root names no key to encrypt to it. */
  close(to: TierCode, text: Uint8Array): Promise<string | undefined>;
  /** What was closed for this tier; `undefined` for anything that its key does not open, altered or not. */
  open(jwe: string): Promise<Uint8Array | undefined>;
}
