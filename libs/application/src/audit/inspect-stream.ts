import {
  decodeEvent,
  type Envelope,
  eventHash,
  type EventHash,
  parentsOf,
  type Sha256,
  type Source,
  type StreamName,
} from '@liandong/kernel';
import type { ReadFile } from '@liandong/ledger';
import type { FactOf } from '../cases/case-book.ts';
import type { Position, Recorded } from '../ports/event-store.ts';
import { bySequence, isCase, registerOf } from './case-order.ts';
import { isEarlier } from './earlier-epochs.ts';
import { entryReader } from './exported-streams.ts';
import { mostFaults, type StreamFault } from './faults.ts';
import type { HeldEvent, IndexLine } from './folder.ts';

/** What has to be known of an export to hold a stream against it. */
export type KnownExport = {
  readonly name: string;
  readonly source: Source;
  readonly size: number;
  /** Nothing recorded after it can be in this export. */
  readonly until: string | undefined;
};

/** A stream, and what each export that names it says of it; `of` is which export that is. */
export type StreamOrder = {
  readonly stream: StreamName;
  readonly parts: readonly { readonly of: number; readonly line: IndexLine }[];
};

/** What a stream shows, whatever the other streams show: plain data, so that it can be found by another thread. */
export type StreamFindings = {
  /** How many registers of cases were made again from the events, and found as stated. */
  readonly registers: number;
  /** Events that an export names and no ledger here can show: of tiers whose export was not given. */
  readonly unproven: number;
  /** Events recorded after their author's export was made. */
  readonly later: number;
  readonly faults: readonly StreamFault[];
};

export type InspectingStreams = { readonly sha256: Sha256; readonly factOf: FactOf };

/** An export whose entries and hashes agree. */
export type SoundExport = KnownExport & { readonly readFile: ReadFile };

type ReadEntry = (seq: number) => Promise<Uint8Array | undefined>;
type ReadableExport = KnownExport & { readonly entry: ReadEntry };

type Own = {
  readonly hash: EventHash;
  readonly seq: number;
  readonly envelope: Envelope;
  readonly bytes: Uint8Array;
};
type Part = { readonly from: KnownExport; readonly line: IndexLine; readonly own: readonly Own[] };

/** Inspects streams out of the files of exports, one after the other; bundles that were read are kept for the next. */
export const streamInspector = (deps: InspectingStreams, exports: readonly SoundExport[]) => {
  const readable = exports.map(({ readFile, ...known }): ReadableExport => ({
    ...known,
    entry: entryReader(readFile, known.size),
  }));
  return async (orders: readonly StreamOrder[]): Promise<readonly StreamFindings[]> => {
    const found: StreamFindings[] = [];
    for (const order of orders) found.push(await inspectStream(deps, readable, order));
    return found;
  };
};

/** Inspects a stream: its numbers, parents and heights, its order and digest, and whose copy differs. */
const inspectStream = async (
  deps: InspectingStreams,
  exports: readonly ReadableExport[],
  { stream, parts: named }: StreamOrder,
): Promise<StreamFindings> => {
  const faults: StreamFault[] = [];
  const tell = (fault: StreamFault) => void (faults.length < mostFaults && faults.push(fault));
  const parts: Part[] = [];
  for (const { of, line } of named) {
    const from = exports[of];
    if (from === undefined) throw new RangeError(`there is no export ${of}`);
    const own: Own[] = [];
    for (const seq of line.own) {
      const found = await ownAt(deps.sha256, from.entry, seq, stream);
      if (found === undefined) tell({ folder: from.name, stream, code: 'index-wrong', seq });
      else own.push(found);
    }
    parts.push({ from, line, own });
  }
  return { ...verifyStream(deps, stream, parts, exports, tell), faults };
};

const ownAt = async (
  sha256: Sha256,
  entry: ReadEntry,
  seq: number,
  stream: StreamName,
): Promise<Own | undefined> => {
  const bytes = await entry(seq);
  if (bytes === undefined) return undefined;
  try {
    const envelope = decodeEvent(bytes);
    return envelope.subject === stream ? { hash: eventHash(sha256, bytes), seq, envelope, bytes } : undefined;
  } catch {
    return undefined;
  }
};

const verifyStream = (
  deps: InspectingStreams,
  stream: StreamName,
  parts: readonly Part[],
  exports: readonly KnownExport[],
  tell: (fault: StreamFault) => void,
) => {
  const known = new Map(parts.flatMap(({ own }) => own.map((event) => [event.hash, event] as const)));
  const counts = { registers: 0, unproven: 0, later: 0 };
  for (const part of parts) {
    const { from, line, own } = part;
    const say = (fault: PartFault) => tell({ folder: from.name, stream, ...fault });
    tellTwice(part, parts, say);
    verifyChain(part, parts, known, say);
    const proofs = line.events.map((held) => proofOf(held, known, parts, exports, say));
    counts.later += proofs.filter((proof) => proof === 'later').length;
    counts.unproven += proofs.filter((proof) => proof === 'unproven').length;
    const listed = new Set(line.events.map(({ hash }) => hash));
    const unlisted = own.find(({ hash }) => !listed.has(hash));
    if (unlisted !== undefined) say({ code: 'index-wrong', seq: unlisted.seq });
    if (proofs.every((proof) => proof === 'proven') && verifyOrder(deps, part, known, say))
      counts.registers++;
  }
  return counts;
};

type Of<Fault> = Fault extends unknown ? Omit<Fault, 'folder' | 'stream'> : never;
type PartFault = Of<StreamFault>;

/** An event stands in one ledger of its tier: a copy in a later one tells it twice. */
const tellTwice = ({ from, own }: Part, parts: readonly Part[], say: (fault: PartFault) => void) => {
  for (const earlier of parts.filter((part) => isEarlier(part.from.source, from.source))) {
    const there = new Map(earlier.own.map(({ hash, seq }) => [hash, seq]));
    for (const { hash, seq } of own) {
      const first = there.get(hash);
      if (first !== undefined) say({ code: 'sealed-twice', seq, author: earlier.from.name, first });
    }
  }
};

/** With which number an author's events begin here: after those that its ledgers before hold. */
const firstOf = (source: Source, { from }: Part, parts: readonly Part[]): number | undefined => {
  if (source === from.source) return 1;
  const before = parts.filter((part) => isEarlier(part.from.source, from.source));
  const numbers = before
    .flatMap(({ own }) => own)
    .flatMap(({ envelope }) => (envelope.source === source ? [Number(envelope.sequence)] : []));
  return before.length === 0 ? undefined : 1 + Math.max(0, ...numbers);
};

/** The author's own numbers, and what every event says of those before it. */
const verifyChain = (
  part: Part,
  parts: readonly Part[],
  known: ReadonlyMap<EventHash, Own>,
  say: (fault: PartFault) => void,
) => {
  const { line, own } = part;
  const held = new Set(line.events.map(({ hash }) => hash));
  const here = new Map(own.map((event) => [event.hash, event]));
  const next = new Map<Source, number>();
  for (const { seq, envelope } of own) {
    const sequence = Number(envelope.sequence);
    const expected = next.get(envelope.source) ?? firstOf(envelope.source, part, parts) ?? sequence;
    if (sequence > expected) say({ code: 'event-dropped', seq, sequence: expected });
    if (sequence < expected) say({ code: 'event-reordered', seq, sequence });
    next.set(envelope.source, Math.max(expected, sequence + 1));

    const parents = parentsOf(envelope);
    for (const parent of parents) {
      const before = known.get(parent);
      if (before === undefined && !held.has(parent)) say({ code: 'parent-missing', seq, parent });
      if ((here.get(parent)?.seq ?? -1) >= seq) say({ code: 'parent-later', seq, parent });
    }
    const heights = parents.flatMap((parent) => known.get(parent)?.envelope.height ?? []).map(Number);
    const height = 1 + Math.max(0, ...heights);
    const stated = Number(envelope.height);
    if (heights.length === parents.length && stated !== height)
      say({ code: 'height-wrong', seq, stated, expected: height });
  }
};

/** Whether an event that a tier says it holds stands in its author's ledger. */
const proofOf = (
  { hash, source, sequence, recordedtime }: HeldEvent,
  known: ReadonlyMap<EventHash, Own>,
  parts: readonly Part[],
  exports: readonly KnownExport[],
  say: (fault: PartFault) => void,
): 'proven' | 'unproven' | 'later' | 'refuted' => {
  if (known.has(hash)) return 'proven';
  const author = exports.find((each) => each.source === source);
  if (author === undefined) return 'unproven';
  const instead = parts
    .flatMap(({ own }) => own)
    .find(({ envelope }) => envelope.source === source && Number(envelope.sequence) === sequence);
  const place = { source, sequence, held: hash, author: author.name };
  if (instead !== undefined) {
    say({ code: 'copy-differs', ...place, seq: instead.seq });
    return 'refuted';
  }
  const until = untilOf(author, exports);
  if (until !== undefined && recordedtime > until) return 'later';
  say({ code: 'missing-at-its-author', ...place });
  return 'refuted';
};

/** How far an author's exports reach: what its ledger did not take in, one of a later epoch did. */
const untilOf = (author: KnownExport, exports: readonly KnownExport[]): string | undefined =>
  exports
    .filter(({ source }) => isEarlier(author.source, source))
    .reduce((last, { until }) => (until !== undefined && until > (last ?? '') ? until : last), author.until);

/** Makes the order again from the events alone. True if a register was made and is as stated. */
const verifyOrder = (
  { sha256, factOf }: InspectingStreams,
  { line }: Part,
  known: ReadonlyMap<EventHash, Own>,
  say: (fault: PartFault) => void,
): boolean => {
  const { stream, register } = line;
  const events = line.events.flatMap(({ hash }, n) => asRecorded(known.get(hash), n));
  const made = isCase(stream)
    ? registerOf(stream, events, factOf, sha256)
    : { order: line.events.toSorted(bySequence).map(({ hash }) => hash), register: undefined };
  const place = line.events.findIndex(({ hash }, n) => made.order[n] !== hash);
  if (place >= 0) {
    const stated = line.events[place]?.hash ?? '';
    say({ code: 'order-differs', place, stated, made: made.order[place] ?? '' });
    return false;
  }
  if (made.register?.digest === register?.digest && made.register?.count === register?.count)
    return register !== undefined;
  say({ code: 'digest-differs', stated: register?.digest ?? '', made: made.register?.digest ?? '' });
  return false;
};

const asRecorded = (own: Own | undefined, n: number): Recorded[] => {
  if (own === undefined) return [];
  const { hash, bytes, envelope } = own;
  const { subject: stream, source, id, type } = envelope;
  return [{ position: BigInt(n + 1) as Position, revision: n + 1, stream, source, id, type, hash, bytes }];
};
