import {
  concat,
  type Disclosure,
  type EventHash,
  fromHex,
  fromUtf8,
  type Personal,
  type StreamName,
  type TierCode,
  toHex,
  utf8,
} from '@liandong/kernel';
import type { Signature } from '../ports/link-transport.ts';

/** A personal field on its way, with the event whose digest it gives. */
export type LetterField = Omit<Disclosure, 'digest'> & { readonly event: EventHash };

export type LetterCase = {
  readonly stream: StreamName;
  /** The heads of the case when the author judged who is entitled. */
  readonly heads: readonly EventHash[];
  readonly fields: readonly LetterField[];
};

/** What an author tells one destination, and nobody between them reads. */
export type LetterContent = {
  readonly network: string;
  readonly author: TierCode;
  readonly destination: TierCode;
  readonly cases: readonly LetterCase[];
};

export const maxLetterCases = 16;
export const maxLetterFields = 64;
/** Of clear text; one field alone may be longer. */
export const maxLetterBytes = 256 * 1024;

const signed = (json: Uint8Array): Uint8Array => concat(utf8('liandong/letter/v1\n'), json);

/** The letter's text: the author's signature on a line of its own, then the content it covers. */
export const writeLetter = (sign: (bytes: Uint8Array) => Signature, content: LetterContent): Uint8Array => {
  const json = utf8(JSON.stringify(content));
  const { keyId, signature } = sign(signed(json));
  return concat(utf8(`${keyId} ${toHex(signature)}\n`), json);
};

/**
 * What a letter says; `undefined` unless `author` wrote it to `destination` in this network.
 * The two names are those the letter travels under: a letter closed for one tier is no
 * letter of another, and one author's letter does not pass for another's.
 */
export const readLetter = (
  verify: (tier: TierCode, bytes: Uint8Array, signature: Signature) => boolean,
  expected: Pick<LetterContent, 'network' | 'author' | 'destination'>,
  text: Uint8Array,
): LetterContent | undefined => {
  const end = text.indexOf(0x0a);
  const [, keyId, signature] = /^([0-9a-f]{8}) ([0-9a-f]{128})$/.exec(ascii(text.subarray(0, end))) ?? [];
  if (keyId === undefined || signature === undefined) return undefined;
  const json = text.subarray(end + 1);
  if (!verify(expected.author, signed(json), { keyId, signature: fromHex(signature) })) return undefined;
  const content = parsed(json);
  return isContent(content) &&
    content.network === expected.network &&
    content.author === expected.author &&
    content.destination === expected.destination
    ? content
    : undefined;
};

const ascii = (bytes: Uint8Array): string => String.fromCharCode(...bytes.subarray(0, 200));

const parsed = (json: Uint8Array): unknown => {
  try {
    return JSON.parse(fromUtf8(json));
  } catch {
    return undefined;
  }
};

type Members = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string';
const isHash = (value: unknown): boolean => isText(value) && /^[0-9a-f]{64}$/.test(value);
const isList = (value: unknown, longest: number, of: (each: unknown) => boolean): boolean =>
  Array.isArray(value) && value.length <= longest && value.every(of);

const isPersonal = (value: unknown, depth = 0): value is Personal =>
  ['string', 'number', 'boolean'].includes(typeof value) ||
  (depth < 8 && Array.isArray(value) && value.every((each) => isPersonal(each, depth + 1)));

const isField = (value: unknown): boolean =>
  isObject(value) &&
  isHash(value['event']) &&
  isText(value['salt']) &&
  isText(value['name']) &&
  isPersonal(value['value']);

const maxHeads = 1_024;

const isCase = (value: unknown): boolean =>
  isObject(value) &&
  isText(value['stream']) &&
  isList(value['heads'], maxHeads, isHash) &&
  isList(value['fields'], maxLetterFields, isField);

const isContent = (value: unknown): value is LetterContent =>
  isObject(value) &&
  [value['network'], value['author'], value['destination']].every(isText) &&
  isList(value['cases'], maxLetterCases, isCase);
