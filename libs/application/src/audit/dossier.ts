import { caseFactName, type CaseSummary, caseSummary } from '@liandong/domain/case';
import {
  authorOf,
  compareTexts,
  decodeEvent,
  type Envelope,
  type EventHash,
  eventHash,
  ok,
  parentsOf,
  refuse,
  type Result,
  type Sha256,
  type StreamName,
  utf8,
} from '@liandong/kernel';
import { formatTlogProof, nodesInTiles, parseNote, proveInclusion, tilePath } from '@liandong/ledger';
import { caseBook, type FactOf } from '../cases/case-book.ts';
import type { Position, Recorded } from '../ports/event-store.ts';
import { dossierPage } from './dossier-page.ts';
import { entryReader, indexLines } from './exported-streams.ts';
import type { WriteFile } from './folder.ts';
import type { ExportFolder } from './verify-ledger.ts';

/** An event of the case, and where it is proven to stand. */
export type ProvenEvent = {
  readonly hash: EventHash;
  readonly envelope: Envelope;
  readonly origin: string;
  readonly seq: number;
};

/** One decision, and the case as it was to whoever took it: nothing but what the event names as its past. */
export type Decision = {
  readonly event: ProvenEvent;
  readonly seen: readonly EventHash[];
  readonly before: CaseSummary;
  /** Documents of each material in the file then. */
  readonly documents: Readonly<Record<string, readonly string[]>>;
};

export type Dossier = {
  readonly caseId: StreamName;
  readonly digest: string;
  readonly registered: number;
  /** In the official order. */
  readonly events: readonly ProvenEvent[];
  readonly decisions: readonly Decision[];
  /** Events that others follow and no export shows. Decisions that saw one are left out. */
  readonly unproven: readonly EventHash[];
};

const decisive: ReadonlySet<string | undefined> = new Set(['determined', 'concluded', 'rejected']);

/**
 * Makes the dossier of a case from exports that were verified before, and writes it: each
 * event in its own bytes with a tlog-proof beside it, the policy of each ledger, the whole
 * as JSON and as one page to read.
 */
export const writeDossier = async (
  { sha256, factOf }: { readonly sha256: Sha256; readonly factOf: FactOf },
  exports: readonly (ExportFolder & { readonly origin: string; readonly size: number })[],
  caseId: StreamName,
  writeFile: WriteFile,
): Promise<Result<Dossier, { readonly code: 'case-unknown' }>> => {
  const known = new Map<EventHash, ProvenEvent & { readonly bytes: Uint8Array }>();
  for (const { name, readFile, origin, size } of exports) {
    const entry = entryReader(readFile, size);
    const note = (await readFile('checkpoint')) ?? new Uint8Array();
    const nodes = nodesInTiles(sha256, (tile) => readFile(tilePath(tile)), size);
    for await (const line of indexLines(name, readFile, () => undefined)) {
      if (line.stream !== caseId) continue;
      for (const seq of line.own) {
        const bytes = await entry(seq);
        const hashes = await proveInclusion(sha256, nodes, seq, size);
        if (bytes === undefined || hashes === undefined || !parseNote(note).ok) continue;
        const hash = eventHash(sha256, bytes);
        known.set(hash, { hash, envelope: decodeEvent(bytes), origin, seq, bytes });
        await writeFile(`events/${hash}.json`, bytes);
        await writeFile(`proofs/${hash}.tlog-proof`, formatTlogProof({ index: seq, hashes, note }));
        const policy = await readFile('policy');
        if (policy !== undefined) await writeFile(`policies/${origin.replaceAll('/', '-')}`, policy);
      }
    }
  }
  if (known.size === 0) return refuse({ code: 'case-unknown' });

  const bookOf = (hashes: Iterable<EventHash>) => {
    const book = caseBook(caseId, factOf, sha256);
    book.take([...hashes].flatMap((hash, n) => recordedFrom(known.get(hash), n)));
    return book.file();
  };
  const file = bookOf(known.keys());
  const events = file.events.flatMap(({ hash }) => provenOf(known.get(hash)));
  const decisions = events.flatMap((event): Decision[] => {
    if (!decisive.has(caseFactName(event.envelope.type))) return [];
    const seen = pastOf(event.envelope, known);
    const then = seen && bookOf(seen);
    const before = then && caseSummary(then.state);
    if (then === undefined || before === undefined) return [];
    return [
      {
        event,
        before,
        seen: then.events.map(({ hash }) => hash),
        documents: then.state.matter?.supplied ?? {},
      },
    ];
  });
  const unproven = [...known.values()]
    .flatMap(({ envelope }) => parentsOf(envelope))
    .filter((parent, n, all) => !known.has(parent) && all.indexOf(parent) === n)
    .sort(compareTexts);
  const { digest, registered } = file;
  const dossier: Dossier = { caseId, digest, registered, events, decisions, unproven };
  await writeFile('dossier.json', utf8(`${JSON.stringify(dossier, null, 2)}\n`));
  await writeFile('index.html', utf8(dossierPage(dossier)));
  return ok(dossier);
};

const provenOf = (event: (ProvenEvent & { readonly bytes: Uint8Array }) | undefined): ProvenEvent[] => {
  if (event === undefined) return [];
  const { bytes: _, ...proven } = event;
  return [proven];
};

/** Everything an event follows from; `undefined` if a part of it is not here. */
const pastOf = (
  envelope: Envelope,
  known: ReadonlyMap<EventHash, ProvenEvent>,
): ReadonlySet<EventHash> | undefined => {
  const past = new Set(parentsOf(envelope));
  for (const hash of past) {
    const event = known.get(hash);
    if (event === undefined) return undefined;
    for (const parent of parentsOf(event.envelope)) past.add(parent);
  }
  return past;
};

const recordedFrom = (
  event: (ProvenEvent & { readonly bytes: Uint8Array }) | undefined,
  n: number,
): Recorded[] => {
  if (event === undefined || authorOf(event.envelope.source) === undefined) return [];
  const { hash, bytes, envelope } = event;
  const { subject: stream, source, id, type } = envelope;
  return [{ position: BigInt(n + 1) as Position, revision: n + 1, stream, source, id, type, hash, bytes }];
};
