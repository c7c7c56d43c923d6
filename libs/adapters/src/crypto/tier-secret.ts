import type { Authoring } from '@liandong/application';
import { canonicalJson } from '@liandong/kernel';
import { createHmac, randomBytes } from 'node:crypto';

/** 256 random bits, base64url: what pseudonyms and fingerprints of one tier are keyed with. */
export const newTierSecret = (): string => randomBytes(32).toString('base64url');

/**
 * Pseudonyms and fingerprints that nobody can undo or guess without the tier's
 * secret. Losing it ends repeats of old commands; it changes no stored event.
 */
export const keyedNames = (secret: string): Pick<Authoring, 'pseudonym' | 'fingerprint'> => {
  if (Buffer.from(secret, 'base64url').length < 32)
    throw new RangeError('a tier secret has at least 256 bits');
  const mac = (purpose: string, text: string) =>
    createHmac('sha256', secret).update(`${purpose}\n${text}`).digest().subarray(0, 16).toString('base64url');
  return {
    pseudonym: (subject, stream) => mac('pseudonym', `${stream}\n${subject}`),
    fingerprint: (command) => mac('fingerprint', canonicalJson(command)),
  };
};
