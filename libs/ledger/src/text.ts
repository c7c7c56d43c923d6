import { fromUtf8, ok, refuse, type Result } from '@liandong/kernel';
import { fromBase64 } from './base64.ts';
import { type Hash, hashBytes, isSize } from './hash.ts';

/** The texts of a ledger. */
export type Form =
  'note' | 'vkey' | 'checkpoint' | 'cosignature' | 'proof' | 'policy' | 'request' | 'answer' | 'split-view';

/** A text that breaks a rule of its form, and where: the first line is 1. */
export type Malformed = {
  readonly code: 'malformed';
  readonly form: Form;
  readonly line: number;
  readonly rule: Rule;
};

export type Rule =
  | 'too-long'
  | 'utf-8'
  | 'no-control-characters'
  | 'ends-in-a-newline'
  | 'blank-line-before-signatures'
  | 'signature-line'
  | 'too-many-signatures'
  | 'key-name'
  | 'key-id'
  | 'key-type'
  | 'key-length'
  | 'base64'
  | 'hash'
  | 'size'
  | 'too-few-lines'
  | 'no-empty-line'
  | 'origin'
  | 'header'
  | 'index'
  | 'too-many-hashes'
  | 'old-size'
  | 'time'
  | 'line-count'
  | 'keyword'
  | 'fields'
  | 'comment-inside-a-line'
  | 'name-taken'
  | 'name-unknown'
  | 'name-reserved'
  | 'key-repeated'
  | 'member-twice'
  | 'threshold'
  | 'one-quorum';

export const malformed = (form: Form, line: number, rule: Rule) =>
  refuse<Malformed>({ code: 'malformed', form, line, rule });

/** Text of a bounded number of bytes, in which every line ends and no control character but the newline stands. */
export const readText = (form: Form, bytes: Uint8Array, most: number): Result<string, Malformed> => {
  if (bytes.length > most) return malformed(form, 1, 'too-long');
  const control = bytes.findIndex((byte) => byte < 0x20 && byte !== 0x0a);
  if (control >= 0) return malformed(form, lineAt(bytes, control), 'no-control-characters');
  if (bytes.at(-1) !== 0x0a) return malformed(form, lineAt(bytes, bytes.length), 'ends-in-a-newline');
  try {
    return ok(fromUtf8(bytes));
  } catch {
    return malformed(form, 1, 'utf-8');
  }
};

const lineAt = (bytes: Uint8Array, end: number): number =>
  bytes.subarray(0, end).reduce((line, byte) => line + (byte === 0x0a ? 1 : 0), 1);

/** The lines of a text that ends in a newline, without their newlines. */
export const linesOf = (text: string): readonly string[] => text.split('\n').slice(0, -1);

/** A whole number below 2^53 as it is printed: no sign, no leading zero. */
export const parseDecimal = (text: string): number | undefined => {
  if (!/^(?:0|[1-9][0-9]{0,15})$/.test(text)) return undefined;
  const number = Number(text);
  return isSize(number) ? number : undefined;
};

export const parseHash = (text: string): Hash | undefined => {
  const bytes = text.length === 44 ? fromBase64(text) : undefined;
  return bytes?.length === hashBytes ? bytes : undefined;
};

/** One hash a line, counted from `firstLine`. */
export const parseHashes = (
  form: Form,
  lines: readonly string[],
  firstLine: number,
): Result<readonly Hash[], Malformed> => {
  if (lines.length > maxProofHashes) return malformed(form, firstLine + maxProofHashes, 'too-many-hashes');
  const hashes: Hash[] = [];
  for (const [n, line] of lines.entries()) {
    const hash = parseHash(line);
    if (hash === undefined) return malformed(form, firstLine + n, 'hash');
    hashes.push(hash);
  }
  return ok(hashes);
};

/** More siblings than any tree has on the way to its root. */
export const maxProofHashes = 63;

/** A name that can stand in a note: not empty, no Unicode space, no plus, no control character. */
export const isKeyName = (name: string): boolean =>
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  name !== '' && name.isWellFormed() && !/[\p{White_Space}+\u0000-\u001f]/u.test(name);
