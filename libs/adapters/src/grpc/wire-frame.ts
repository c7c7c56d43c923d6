import {
  type BlockProofs,
  type Feed,
  type Heartbeat,
  type LetterOutcome,
  letterOutcomes,
  type LinkFrame,
  maxBlockEntries,
  maxLetterCases,
  maxLetterFields,
} from '@liandong/application';
import {
  type CommitSeal,
  type EventHash,
  fromHex,
  maxEventBytes,
  serviceNames,
  type TierCode,
  toHex,
} from '@liandong/kernel';
import { joinHashes, splitHashes } from '@liandong/ledger';

/** A frame that no release of ours would send. The link it came over ends. */
export class MalformedFrame extends Error {
  constructor(field: string, rule: string) {
    super(`malformed frame: ${field} ${rule}`);
    this.name = 'MalformedFrame';
  }
}

const hashLength = 32;

const bytes = (hex: string): Buffer => Buffer.from(fromHex(hex));
const leafBytes = (leaves: readonly EventHash[]): Buffer => Buffer.concat(leaves.map(bytes));

/** The frame as the protobuf library writes it. */
export const toWire = (frame: LinkFrame): object => {
  switch (frame.kind) {
    case 'block': {
      const seals = frame.seals.map((seal) => ({ ...seal, leaves: leafBytes(seal.leaves) }));
      const entries = frame.entries.map(({ seq, bytes, seal }) => ({ seq, event: bytes, seal }));
      const proofs = frame.proofs && {
        ...frame.proofs,
        hashes: Buffer.from(joinHashes(frame.proofs.hashes)),
      };
      return { block: { ...frame, entries, seals, proofs } };
    }
    case 'heartbeat': {
      const digests = { digest: bytes(frame.digest), receivedDigest: bytes(frame.receivedDigest) };
      return { heartbeat: { ...frame, ...digests } };
    }
    case 'hello':
    case 'proof':
    case 'resume':
    case 'ack':
    case 'letter':
    case 'letterReceipt':
    case 'stop':
      return { [frame.kind]: frame };
  }
};

type Wire = Readonly<Record<string, unknown>>;

/** Checks every field of what came over the wire; throws `MalformedFrame`. */
export const fromWire = (wire: unknown): LinkFrame => {
  const frame = message({ frame: wire }, 'frame');
  const kind = frame['kind'];
  if (typeof kind !== 'string') throw new MalformedFrame('frame', 'says nothing this release knows');
  const body = message(frame, kind);
  switch (kind) {
    case 'hello':
      return {
        kind,
        network: text(body, 'network', 255),
        tier: tier(body, 'tier'),
        epoch: count(body, 'epoch'),
        protocol: count(body, 'protocol'),
        nonce: octets(body, 'nonce', 64),
      };
    case 'proof':
      return { kind, ...signature(body) };
    case 'resume':
      return {
        kind,
        opening: body['opening'] === true,
        places: list(body, 'places', 1_000_000).map((place) => ({
          feed: feed(place),
          after: count(place, 'after'),
        })),
      };
    case 'block': {
      const entries = list(body, 'entries', maxBlockEntries);
      if (entries.length === 0) throw new MalformedFrame('block', 'holds no entry');
      const first = count(body, 'first');
      if (first === 0) throw new MalformedFrame('first', 'counts from 1');
      return {
        kind,
        feed: feed(body),
        first,
        head: count(body, 'head'),
        entries: entries.map((entry) => ({
          seq: count(entry, 'seq'),
          bytes: octets(entry, 'event', maxEventBytes),
          seal: count(entry, 'seal'),
        })),
        seals: list(body, 'seals', maxBlockEntries).map(seal),
        ...proofsOf(body, entries.length),
      };
    }
    case 'ack':
      return {
        kind,
        feed: feed(body),
        through: count(body, 'through'),
        receipts: list(body, 'receipts', maxBlockEntries).map((receipt) => ({
          number: count(receipt, 'number'),
          code: text(receipt, 'code', 1_000),
        })),
      };
    case 'heartbeat':
      return {
        kind,
        feed: feed(body),
        head: count(body, 'head'),
        digest: digest(body, 'digest'),
        received: count(body, 'received'),
        receivedDigest: digest(body, 'receivedDigest'),
        waiting: count(body, 'waiting'),
        parked: count(body, 'parked'),
        time: instantText(body),
        ...checkpointOf(body),
        ...signature(body),
      };
    case 'letter':
      return { kind, feed: feed(body), jwe: text(body, 'jwe', longestLetter) };
    case 'letterReceipt':
      return {
        kind,
        feed: feed(body),
        outcomes: list(body, 'outcomes', maxReceiptOutcomes).map((each) => ({
          digest: text(each, 'digest', 43),
          code: outcome(each),
        })),
        ...signature(body),
      };
    case 'stop':
      return { kind, code: text(body, 'code', 100), detail: text(body, 'detail', 1_000) };
  }
  throw new MalformedFrame(kind, 'is not a frame this release knows');
};

const isMessage = (value: unknown): value is Wire => typeof value === 'object' && value !== null;

const message = (of: Wire, field: string): Wire => {
  const value = of[field];
  if (!isMessage(value)) throw new MalformedFrame(field, 'is missing');
  return value;
};

const list = (of: Wire, field: string, longest: number): readonly Wire[] => {
  const value = of[field];
  if (!Array.isArray(value) || !value.every(isMessage)) throw new MalformedFrame(field, 'is not a list');
  if (value.length > longest) throw new MalformedFrame(field, `is longer than ${longest}`);
  return value;
};

const text = (of: Wire, field: string, longest: number): string => {
  const value = of[field];
  if (typeof value !== 'string' || value.length > longest) throw new MalformedFrame(field, 'is too long');
  if (/\p{Cc}/u.test(value)) throw new MalformedFrame(field, 'holds control characters');
  return value;
};

const instantText = (of: Wire): string => {
  const value = text(of, 'time', 24);
  const date = new Date(value);
  if (Number.isNaN(date.getTime()) || date.toISOString() !== value)
    throw new MalformedFrame('time', 'is no instant');
  return value;
};

const count = (of: Wire, field: string): number => {
  const value = of[field];
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
    throw new MalformedFrame(field, 'is not a count');
  return value;
};

const octets = (of: Wire, field: string, longest: number): Uint8Array => {
  const value = of[field];
  if (!(value instanceof Uint8Array)) throw new MalformedFrame(field, 'is not bytes');
  if (value.length > longest) throw new MalformedFrame(field, `is longer than ${longest} bytes`);
  return new Uint8Array(value);
};

const tier = (of: Wire, field: string): TierCode => {
  const value = text(of, field, 9);
  if (!/^(?:\d{6}|\d{9})$/.test(value)) throw new MalformedFrame(field, 'is no division code');
  return value as TierCode;
};

const feed = (of: Wire): Feed => {
  const value = message(of, 'feed');
  return { author: tier(value, 'author'), destination: tier(value, 'destination') };
};

const digest = (of: Wire, field: string): string => {
  const value = octets(of, field, hashLength);
  if (value.length !== 0 && value.length !== hashLength) throw new MalformedFrame(field, 'is no digest');
  return toHex(value);
};

const signature = (of: Wire) => ({ keyId: text(of, 'keyId', 8), signature: octets(of, 'signature', 64) });

/** As much as an author writes into one letter, in the widest script, and what encryption adds. */
const longestLetter = 2 * 1024 * 1024;
const maxReceiptOutcomes = maxLetterCases * maxLetterFields;

const outcome = (of: Wire): LetterOutcome => {
  const code = letterOutcomes.find((known) => known === of['code']);
  if (code === undefined) throw new MalformedFrame('code', 'is unknown');
  return code;
};

const checkpointOf = (of: Wire): Pick<Heartbeat, 'checkpoint'> => {
  const checkpoint = octets(of, 'checkpoint', maxHeadBytes);
  return checkpoint.length === 0 ? {} : { checkpoint };
};

const seal = (of: Wire): CommitSeal => {
  const service = serviceNames.find((name) => name === of['service']);
  if (service === undefined) throw new MalformedFrame('service', 'is unknown');
  const leaves = octets(of, 'leaves', Number.MAX_SAFE_INTEGER);
  if (leaves.length === 0 || leaves.length % hashLength !== 0)
    throw new MalformedFrame('leaves', 'are not hashes');
  return {
    service,
    leaves: Array.from(
      { length: leaves.length / hashLength },
      (_, n) => toHex(leaves.subarray(n * hashLength, (n + 1) * hashLength)) as EventHash,
    ),
    ...signature(of),
  };
};

/** No tree is higher, and no head longer. */
const maxPath = 63;
const maxHeadBytes = 16_384;

const proofsOf = (of: Wire, entryCount: number): { readonly proofs?: BlockProofs } => {
  if (of['proofs'] === null || of['proofs'] === undefined) return {};
  const wire = message(of, 'proofs');
  const heads = many(wire, 'heads', maxBlockEntries).map((head) => octets({ head }, 'head', maxHeadBytes));
  const joined = octets(wire, 'hashes', maxBlockEntries * maxPath * hashLength);
  if (joined.length % hashLength !== 0) throw new MalformedFrame('hashes', 'are not hashes');
  const hashes = splitHashes(joined);
  const entries = list(wire, 'entries', maxBlockEntries).map((entry) => ({
    head: index(entry, 'head', heads.length),
    path: many(entry, 'path', maxPath).map((at) => index({ at }, 'at', hashes.length)),
  }));
  if (entries.length !== entryCount) throw new MalformedFrame('proofs', 'are not one for each entry');
  return { proofs: { heads, hashes, entries } };
};

const many = (of: Wire, field: string, longest: number): readonly unknown[] => {
  const value = of[field];
  if (!Array.isArray(value)) throw new MalformedFrame(field, 'is not a list');
  if (value.length > longest) throw new MalformedFrame(field, `is longer than ${longest}`);
  return value;
};

const index = (of: Wire, field: string, length: number): number => {
  const value = count(of, field);
  if (value >= length) throw new MalformedFrame(field, 'points at nothing');
  return value;
};
