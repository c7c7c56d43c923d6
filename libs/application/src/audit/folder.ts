import {
  type CommitSeal,
  type EventHash,
  fromUtf8,
  serviceNames,
  type Source,
  type StreamName,
  utf8,
} from '@liandong/kernel';
import { fromBase64, tilePath, tileWidth, toBase64 } from '@liandong/ledger';
import type { NamedKey } from '../ledger/facts.ts';

/** Writes a file of an export, whole, under the folder's root. */
export type WriteFile = (path: string, bytes: Uint8Array) => Promise<void>;

/** `keys`: whose ledger it is, and which keys the trust root names for its beginning. */
export type KeysFile = { readonly source: Source; readonly keys: readonly NamedKey[] };

/**
 * `seals/…`, one file beside each bundle: of every entry the number of its seal in the
 * list, and the first anchored head over the bundle's first entry, as its note's text.
 */
export type SealsFile = {
  readonly of: readonly number[];
  readonly seals: readonly CommitSeal[];
  readonly head?: string;
};

/** An event of a stream as a tier holds it, its own or another's. */
export type HeldEvent = {
  readonly hash: EventHash;
  readonly source: Source;
  readonly sequence: number;
  readonly recordedtime: string;
};

/** One line of `case-index/…`: a case, or another stream, as the tier holds it. */
export type IndexLine = {
  readonly stream: StreamName;
  /** The leaves of its own events in it, ascending. */
  readonly own: readonly number[];
  /** Every event in the register order, then the tail, then what waits for its parents. */
  readonly events: readonly HeldEvent[];
  /** Of a case: how many are registered, and the digest over them. */
  readonly register?: { readonly count: number; readonly digest: string };
};

export const linesPerShard = 500;

/** `case-index/000`, `case-index/x001/000`: numbered as tiles are. */
export const shardPath = (index: number): string =>
  tilePath({ level: 0, index, width: tileWidth }).replace('tile/0/', 'case-index/');

export const sealsPath = (index: number, width: number): string =>
  tilePath({ level: 'entries', index, width }).replace('tile/entries/', 'seals/');

// Writing

const json = (value: unknown): Uint8Array => utf8(`${JSON.stringify(value)}\n`);

export const encodeKeys = (keys: KeysFile): Uint8Array => json(keys);

export const encodeSeals = ({ seals, ...rest }: SealsFile): Uint8Array =>
  json({
    ...rest,
    seals: seals.map(({ signature, ...seal }) => ({ ...seal, signature: toBase64(signature) })),
  });

export const encodeIndex = (lines: readonly IndexLine[]): Uint8Array =>
  utf8(
    lines
      .map(({ stream, own, events, register }) => {
        const held = events.map(({ hash, source, sequence, recordedtime }) => [
          hash,
          source,
          sequence,
          recordedtime,
        ]);
        return `${JSON.stringify({ stream, own, events: held, ...(register && { register }) })}\n`;
      })
      .join(''),
  );

// Reading: nothing in a folder is believed, not even its shape

export const decodeKeys = (bytes: Uint8Array): KeysFile | undefined => {
  const value = objectIn(bytes);
  if (value === undefined || typeof value['source'] !== 'string' || !isList(value['keys'])) return undefined;
  const keys = value['keys'].every(
    (key) =>
      isObject(key) && ['purpose', 'keyId', 'publicKey'].every((name) => typeof key[name] === 'string'),
  );
  return keys ? (value as KeysFile) : undefined;
};

export const decodeSeals = (bytes: Uint8Array, width: number): SealsFile | undefined => {
  const value = objectIn(bytes);
  const { of, seals, head } = value ?? {};
  if (!isList(of) || !isList(seals) || of.length !== width || !of.every(isCount)) return undefined;
  if (head !== undefined && typeof head !== 'string') return undefined;
  const decoded = seals.flatMap((seal) => sealFrom(seal) ?? []);
  if (decoded.length !== seals.length) return undefined;
  return { of, seals: decoded, ...(head !== undefined && { head }) };
};

const sealFrom = (value: unknown): CommitSeal | undefined => {
  if (!isObject(value) || !isList(value['leaves']) || typeof value['keyId'] !== 'string') return undefined;
  const service = serviceNames.find((name) => name === value['service']);
  const signature = typeof value['signature'] === 'string' ? fromBase64(value['signature']) : undefined;
  if (service === undefined || signature === undefined || !value['leaves'].every(isHash)) return undefined;
  return { service, keyId: value['keyId'], leaves: value['leaves'], signature };
};

/** The lines of a shard, or the number of the first that is none. */
export const decodeIndex = (bytes: Uint8Array): readonly IndexLine[] | number => {
  const lines: IndexLine[] = [];
  const texts = textOf(bytes)?.split('\n') ?? [];
  if (texts.pop() !== '') return texts.length + 1;
  for (const [n, text] of texts.entries()) {
    const line = lineFrom(parsed(text));
    if (line === undefined) return n + 1;
    lines.push(line);
  }
  return lines;
};

const lineFrom = (value: unknown): IndexLine | undefined => {
  if (!isObject(value) || typeof value['stream'] !== 'string') return undefined;
  const { own, events, register } = value;
  if (!isList(own) || !own.every(isCount) || !isList(events)) return undefined;
  if (own.some((seq, n) => n > 0 && seq <= (own[n - 1] ?? 0))) return undefined;
  const held = events.flatMap((event) => heldFrom(event) ?? []);
  if (held.length !== events.length) return undefined;
  const line = { stream: value['stream'] as StreamName, own, events: held };
  if (register === undefined) return line;
  if (!isObject(register) || !isCount(register['count']) || typeof register['digest'] !== 'string')
    return undefined;
  return { ...line, register: { count: register['count'], digest: register['digest'] } };
};

const heldFrom = (value: unknown): HeldEvent | undefined => {
  if (!isList(value)) return undefined;
  const [hash, source, sequence, recordedtime] = value;
  if (!isHash(hash) || typeof source !== 'string' || !isCount(sequence)) return undefined;
  if (typeof recordedtime !== 'string') return undefined;
  return { hash, source: source as Source, sequence, recordedtime };
};

const textOf = (bytes: Uint8Array): string | undefined => {
  try {
    return fromUtf8(bytes);
  } catch {
    return undefined;
  }
};

const parsed = (text: string | undefined): unknown => {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
};

const objectIn = (bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined => {
  const value = parsed(textOf(bytes));
  return isObject(value) ? value : undefined;
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isHash = (value: unknown): value is EventHash =>
  typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
