import { concat, fromHex, toHex } from '@liandong/kernel';
import { fromBase64, toBase64 } from './base64.ts';
import { isKeyName } from './text.ts';

const dash = '\u2014';

/** One signature line, not yet verified. */
export type NoteSignature = {
  readonly name: string;
  readonly keyId: string;
  /** What follows the key id. */
  readonly signature: Uint8Array;
};

export const formatSignature = ({ name, keyId, signature }: NoteSignature): string =>
  `${dash} ${name} ${toBase64(concat(fromHex(keyId), signature))}\n`;

const signatureShape = new RegExp(`^${dash} ([^ ]+) ([^ ]+)$`);

/** A signature line without its newline. */
export const parseSignature = (line: string): NoteSignature | undefined => {
  const [, name = '', base64 = ''] = signatureShape.exec(line) ?? [];
  const bytes = fromBase64(base64);
  if (!isKeyName(name) || bytes === undefined || bytes.length < 5) return undefined;
  return { name, keyId: toHex(bytes.subarray(0, 4)), signature: bytes.subarray(4) };
};
