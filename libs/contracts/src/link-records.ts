import {
  type Block,
  type BusRecord,
  type EntryProof,
  type Feed,
  type Heartbeat,
  type LaneArrival,
  type LaneFrame,
  maxBlockBytes,
  maxBlockEntries,
  proofAt,
  proofTable,
} from '@liandong/application';
import {
  type CommitSeal,
  type EventHash,
  fromUtf8,
  maxEventBytes,
  serviceNames,
  type TierCode,
  utf8,
} from '@liandong/kernel';
import { joinHashes, splitHashes } from '@liandong/ledger';
import { z } from 'zod';
import { structuredType } from './cloud-event-records.ts';

/*
 * A link's topic holds one event per record: CloudEvents 1.0, Kafka binding, structured mode, so that
 * the value is the event's own bytes. What the author sends along is in the headers. Heartbeats
 * stand between them.
 */

export const heartbeatType = 'application/vnd.liandong.heartbeat+json';

// Out

export const toLinkRecords = (frame: LaneFrame): readonly BusRecord[] => {
  switch (frame.kind) {
    case 'block':
      return entryRecords(frame);
    case 'heartbeat':
      return [heartbeatRecord(frame)];
  }
};

const entryRecords = ({ feed, first, head, entries, seals, proofs }: Block): readonly BusRecord[] => {
  const sealHeaders = seals.map((seal) => utf8(sealText(seal)));
  return entries.map(({ seq, bytes, seal }, n) => {
    const proof = proofAt(proofs, n);
    return {
      key: utf8(streamOf(bytes) ?? feed.author),
      value: bytes,
      headers: {
        'content-type': utf8(structuredType),
        'liandong-author': utf8(feed.author),
        'liandong-destination': utf8(feed.destination),
        'liandong-number': utf8(String(first + n)),
        'liandong-head': utf8(String(head)),
        'liandong-seq': utf8(String(seq)),
        'liandong-seal': sealHeaders[seal] ?? new Uint8Array(),
        ...(proof && { 'liandong-proof-head': proof.head, 'liandong-proof-path': joinHashes(proof.path) }),
      },
    };
  });
};

const heartbeatRecord = (beat: Heartbeat): BusRecord => ({
  key: utf8(beat.feed.author),
  value: utf8(JSON.stringify({ ...beat, ...inBase64(beat) })),
  headers: { 'content-type': utf8(heartbeatType) },
});

const inBase64 = ({ signature, checkpoint }: Heartbeat) => ({
  signature: toBase64(signature),
  ...(checkpoint && { checkpoint: toBase64(checkpoint) }),
});

const toBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const fromBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));

/** Bytes that are no event travel all the same: their author sealed them, and the receiver parks them. */
const streamOf = (bytes: Uint8Array): string | undefined => {
  try {
    const event: unknown = JSON.parse(fromUtf8(bytes));
    const subject: unknown = typeof event === 'object' && event !== null && Reflect.get(event, 'subject');
    return typeof subject === 'string' ? subject : undefined;
  } catch {
    return undefined;
  }
};

const sealText = ({ service, keyId, signature, leaves }: CommitSeal): string =>
  [service, keyId, toBase64(signature), leaves.join('')].join(' ');

// In

/** Reads what a topic held. Entries that follow one another become blocks; what cannot be read is named, never left out. */
export const fromLinkRecords = (
  records: readonly (BusRecord & { readonly offset: bigint })[],
): readonly LaneArrival[] => {
  const arrivals: LaneArrival[] = [];
  const seals = new Map<string, CommitSeal>();
  let run: Entry[] = [];
  let size = 0;
  const endRun = () => {
    const [first] = run;
    if (first !== undefined) arrivals.push({ kind: 'frame', frame: blockOf(first, run) });
    run = [];
    size = 0;
  };
  for (const record of records) {
    const read = reading(record, seals);
    if (read.kind !== 'entry') {
      endRun();
      arrivals.push(read);
      continue;
    }
    const before = run.at(-1);
    size += read.bytes.length;
    if (
      before !== undefined &&
      (!continues(before, read) || run.length >= maxBlockEntries || size > maxBlockBytes)
    )
      endRun();
    run.push(read);
  }
  endRun();
  return arrivals;
};

type Entry = {
  readonly kind: 'entry';
  readonly feed: Feed;
  readonly number: number;
  readonly head: number;
  readonly seq: number;
  readonly bytes: Uint8Array;
  readonly seal: CommitSeal;
  readonly proof: EntryProof | undefined;
};

const continues = (before: Entry, entry: Entry): boolean =>
  entry.feed.author === before.feed.author &&
  entry.feed.destination === before.feed.destination &&
  entry.number === before.number + 1 &&
  (entry.proof === undefined) === (before.proof === undefined);

const blockOf = ({ feed, number }: Entry, run: readonly Entry[]): Block => {
  const seals = [...new Set(run.map(({ seal }) => seal))];
  const table = proofTable();
  for (const { proof } of run) if (proof !== undefined) table.add(proof);
  const proofs = table.proofs();
  return {
    ...{ kind: 'block', feed, first: number, seals },
    head: Math.max(...run.map(({ head }) => head)),
    entries: run.map(({ seq, bytes, seal }) => ({ seq, bytes, seal: seals.indexOf(seal) })),
    ...(proofs && { proofs }),
  };
};

const reading = (
  record: BusRecord & { readonly offset: bigint },
  seals: Map<string, CommitSeal>,
): Entry | LaneArrival => {
  const { value, headers, offset } = record;
  try {
    const type = text(headers, 'content-type');
    if (value === null) throw new Unreadable('value', 'is missing');
    if (type.startsWith('application/cloudevents+json')) return entryOf(value, headers, seals);
    if (type === heartbeatType) return { kind: 'frame', frame: heartbeatOf(value) };
    throw new Unreadable('content-type', 'is not one of a link');
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return {
      kind: 'unreadable',
      detail: `record ${offset}: ${error.message}`,
      bytes: value ?? new Uint8Array(),
    };
  }
};

class Unreadable extends Error {
  constructor(field: string, rule: string) {
    super(`${field} ${rule}`);
    this.name = 'Unreadable';
  }
}

type Headers = BusRecord['headers'];

const entryOf = (bytes: Uint8Array, headers: Headers, seals: Map<string, CommitSeal>): Entry => {
  if (bytes.length > maxEventBytes) throw new Unreadable('value', `is longer than ${maxEventBytes} bytes`);
  const number = count(headers, 'liandong-number');
  if (number === 0) throw new Unreadable('liandong-number', 'counts from 1');
  const sealed = text(headers, 'liandong-seal');
  const seal = seals.get(sealed) ?? sealOf(sealed);
  seals.set(sealed, seal);
  return {
    kind: 'entry',
    feed: { author: tier(headers, 'liandong-author'), destination: tier(headers, 'liandong-destination') },
    ...{ number, bytes, seal },
    head: count(headers, 'liandong-head'),
    seq: count(headers, 'liandong-seq'),
    proof: proofOf(headers),
  };
};

const text = (headers: Headers, name: string): string => {
  const value = headers[name];
  if (value === undefined) throw new Unreadable(name, 'is missing');
  try {
    return fromUtf8(value);
  } catch {
    throw new Unreadable(name, 'is not UTF-8');
  }
};

const count = (headers: Headers, name: string): number => {
  const digits = text(headers, name);
  const value = Number(digits);
  if (!/^(?:0|[1-9]\d{0,15})$/.test(digits) || !Number.isSafeInteger(value))
    throw new Unreadable(name, 'is not a count');
  return value;
};

const tierPattern = /^(?:\d{6}|\d{9})$/;

const tier = (headers: Headers, name: string): TierCode => {
  const code = text(headers, name);
  if (!tierPattern.test(code)) throw new Unreadable(name, 'is no division code');
  return code as TierCode;
};

const base64 = /^[A-Za-z0-9+/]*={0,2}$/;

const sealOf = (sealed: string): CommitSeal => {
  const [named, keyId = '', signature = '', leaves = '', ...rest] = sealed.split(' ');
  const service = serviceNames.find((name) => name === named);
  if (service === undefined || rest.length > 0) throw new Unreadable('liandong-seal', 'is of no service');
  if (!/^[0-9a-f]{8}$/.test(keyId)) throw new Unreadable('liandong-seal', 'names no key');
  if (!base64.test(signature) || signature.length > 100)
    throw new Unreadable('liandong-seal', 'holds no signature');
  if (!/^(?:[0-9a-f]{64})+$/.test(leaves)) throw new Unreadable('liandong-seal', 'holds no hashes');
  return {
    ...{ service, keyId },
    signature: fromBase64(signature),
    leaves: Array.from(
      { length: leaves.length / 64 },
      (_, n) => leaves.slice(64 * n, 64 * (n + 1)) as EventHash,
    ),
  };
};

/** No tree is higher, and no head longer. */
const maxPath = 63;
const maxHeadBytes = 16_384;

const proofOf = (headers: Headers): EntryProof | undefined => {
  const { 'liandong-proof-head': head, 'liandong-proof-path': path } = headers;
  if (head === undefined && path === undefined) return undefined;
  if (head === undefined || head.length > maxHeadBytes)
    throw new Unreadable('liandong-proof-head', 'is no head');
  if (path === undefined || path.length % 32 !== 0 || path.length > 32 * maxPath)
    throw new Unreadable('liandong-proof-path', 'is no path');
  return { head, path: splitHashes(path) };
};

const code = z
  .string()
  .regex(tierPattern)
  .transform((digits) => digits as TierCode);
const digest = z.string().regex(/^(?:[0-9a-f]{64})?$/);
const counted = z.int().min(0);
export const heartbeatShape = z.strictObject({
  kind: z.literal('heartbeat'),
  feed: z.strictObject({ author: code, destination: code }),
  head: counted,
  digest,
  received: counted,
  receivedDigest: digest,
  waiting: counted,
  parked: counted,
  time: z.iso.datetime({ precision: 3 }),
  checkpoint: z
    .base64()
    .min(4)
    .max(Math.ceil(maxHeadBytes / 3) * 4)
    .optional(),
  keyId: z.string().max(8),
  signature: z.base64().max(100),
});

const heartbeatOf = (value: Uint8Array): Heartbeat => {
  let json: unknown;
  try {
    json = JSON.parse(fromUtf8(value));
  } catch {
    throw new Unreadable('value', 'is no JSON');
  }
  const parsed = heartbeatShape.safeParse(json);
  if (!parsed.success)
    throw new Unreadable(parsed.error.issues[0]?.path.join('.') || 'value', 'is not as in a heartbeat');
  const { signature, checkpoint, ...beat } = parsed.data;
  return {
    ...beat,
    signature: fromBase64(signature),
    ...(checkpoint && { checkpoint: fromBase64(checkpoint) }),
  };
};
