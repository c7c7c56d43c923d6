import { itemStream } from '@liandong/domain/catalogue';
import { decodeEvent, type EventHash, ok, refuse, type Result, type StreamName } from '@liandong/kernel';
import { eventsOf } from '../ledger/ledger-files.ts';
import { type EventStore, type Position, start } from '../ports/event-store.ts';
import type { LedgerBook } from '../ports/ledger-book.ts';
import { itemCodeOf, writeDossier } from './dossier.ts';
import type { ItemFactOf } from './guide.ts';
import {
  type ExportRefusal,
  type Extent,
  type LedgerFolder,
  type LedgerFolderDeps,
  openLedgerFolder,
} from './ledger-folder.ts';
import { type Emit, pulled } from './pulled.ts';
import { projections, type Replayable, replayables, type Row, type ViewRow, viewRows } from './replay.ts';
import {
  type ReplayAsked,
  type ReplayDeps,
  type Replayed,
  type ReplayRefusal,
  type ReplayResult,
  replayTier,
} from './replay-tier.ts';
import { type AuditReport, verifyExports, type VerifyingExports } from './verify-exports.ts';

/** Where in the rows of a replay a reader got to. */
export type RowPlace = {
  readonly through: Position;
  readonly projection: Replayable;
  readonly key: string;
};
/** Where in the files of an export a reader got to: `path` is the last it has whole. */
export type FilePlace = Extent & { readonly path: string };

export type ProgressStep = { readonly kind: 'progress'; readonly done: number; readonly of: number };
export type RefusedStep = { readonly kind: 'refused'; readonly refusal: AuditRefusal };

/** A part of a file; its last part says from where to go on. */
export type FileStep = {
  readonly kind: 'file';
  readonly path: string;
  readonly offset: number;
  readonly bytes: Uint8Array;
  readonly last: boolean;
  readonly place?: FilePlace;
};

export type ReplayStep =
  | ProgressStep
  | {
      readonly kind: 'row';
      readonly projection: Replayable;
      readonly key: string;
      readonly row: Row;
      readonly place: RowPlace;
    }
  | { readonly kind: 'replayed'; readonly found: Replayed }
  | RefusedStep;

export type EntryStep =
  | { readonly kind: 'entry'; readonly seq: number; readonly hash: EventHash; readonly bytes: Uint8Array }
  | RefusedStep;

export type VerifyStep = ProgressStep | { readonly kind: 'report'; readonly report: AuditReport };

export type DossierStep =
  | FileStep
  | {
      readonly kind: 'dossier';
      readonly events: number;
      readonly decisions: number;
      readonly unproven: readonly EventHash[];
    };

export type AuditRefusal =
  | ExportRefusal
  | ReplayRefusal
  | { readonly code: 'case-unknown' }
  /** There is no export of that extent to go on with. */
  | { readonly code: 'export-unknown' };

export type AuditDeskDeps = LedgerFolderDeps &
  ReplayDeps &
  Omit<VerifyingExports, 'progress' | 'policy' | 'inspect'> & {
    readonly store: Pick<EventStore, 'readAll' | 'read' | 'seals'>;
    readonly itemFactOf: ItemFactOf;
    /** The tier's ledgers of former epochs, without which the one it keeps now cannot be verified. */
    readonly former?: readonly (KeptLedger & { readonly epoch: number })[];
  } & KeptLedger;

type KeptLedger = Pick<LedgerFolderDeps, 'policy'> & {
  readonly book: LedgerFolderDeps['book'] & Pick<LedgerBook, 'sealedAmong'>;
};

type Steps<Step> = Promise<Result<AsyncIterable<Step>, AuditRefusal>>;

/**
 * What an auditor asks of a running tier. Every answer is a stream that is made only as
 * fast as it is read, and that ends its work when nobody reads it any more.
 */
export type AuditDesk = {
  /** Views made again from events, row by row if `rows` are asked for, then the comparison with the live ones. */
  readonly replay: (
    asked: ReplayAsked & { readonly rows?: boolean; readonly after?: RowPlace },
  ) => Steps<ReplayStep>;
  /** The events of the ledger as they are sealed, from a leaf on, up to the last anchored head. */
  readonly entries: (from: number) => Steps<EntryStep>;
  /** The files of an export; after a cut, from the last one received whole. */
  readonly export: (after?: FilePlace) => Steps<FileStep | RefusedStep>;
  /** The ledger as an auditor would verify its export. */
  readonly verify: () => Steps<VerifyStep>;
  /** The files of a case's dossier, as far as this tier's ledger proves it. */
  readonly dossier: (caseId: StreamName) => Steps<DossierStep>;
};

export const auditDesk = (deps: AuditDeskDeps): AuditDesk => ({
  replay: async ({ rows, after, ...asked }) => {
    if (asked.at?.kind === 'seq' && (await deps.book.entries(asked.at.seq, asked.at.seq + 1)).length === 0)
      return refuse({ code: 'leaf-unknown', seq: asked.at.seq });
    return ok(
      pulled<ReplayStep>(async (emit) => {
        const through = after?.through ?? (await lastPosition(deps.store));
        const replayed = await replayTier(deps, { ...asked, through }, everySo(emit));
        if (!replayed.ok) return emit({ kind: 'refused', refusal: replayed.refusal });
        const { found } = replayed.value;
        if (rows === true)
          for await (const { projection, key, row } of rowsOf(asked, replayed.value))
            if (after === undefined || comesAfter(after, projection, key))
              await emit({ kind: 'row', projection, key, row, place: { through, projection, key } });
        await emit({ kind: 'replayed', found });
      }),
    );
  },

  entries: async (from) => {
    const opened = await anchoredSize(deps);
    return opened === 0 ? refuse({ code: 'nothing-anchored' }) : ok(entriesFrom(deps, from, opened));
  },

  export: async (after) => {
    const opened = await openLedgerFolder(deps, after === undefined ? {} : { extent: after });
    if (!opened.ok) return after === undefined ? opened : refuse({ code: 'export-unknown' });
    const folder = opened.value;
    if (after !== undefined && ![...folder.paths()].includes(after.path))
      return refuse({ code: 'export-unknown' });
    return ok(filesOf(folder, after?.path));
  },

  verify: async () => {
    const opened = await openLedgerFolder(deps);
    if (!opened.ok) return opened;
    const folders = [...(await formerFolders(deps)), opened.value].map(exportOf);
    return ok(
      pulled<VerifyStep>(async (emit) => {
        // Each ledger is held to the policy in its folder, which is the one that was given here.
        const { suite, checkSchema, ledgerFactOf, factOf, toleranceMs, inspectors } = deps;
        const report = await verifyExports(
          {
            ...{ suite, checkSchema, ledgerFactOf, factOf, toleranceMs, ...(inspectors && { inspectors }) },
            progress: (_, done, of) => emit({ kind: 'progress', done, of }),
          },
          folders,
        );
        await emit({ kind: 'report', report });
      }),
    );
  },

  dossier: async (caseId) => {
    const held = (await deps.store.read(caseId)).map(({ bytes }) => ({ envelope: decodeEvent(bytes) }));
    if (held.length === 0) return refuse({ code: 'case-unknown' });
    const item = itemCodeOf(deps.factOf, held);
    const own = item === undefined ? [] : [itemStream(deps.tier, item)];
    const opened = await openLedgerFolder(deps, { only: [caseId, ...own] });
    if (!opened.ok) return opened;
    const { origin, extent } = opened.value;
    return ok(
      pulled<DossierStep>(async (emit) => {
        const made = await writeDossier(
          { ...deps, item },
          [{ ...exportOf(opened.value), origin, size: extent.size }],
          caseId,
          async (path, bytes) => {
            for (const part of partsOf(path, bytes)) await emit(part);
          },
        );
        const { events, decisions, unproven } = made.ok
          ? made.value
          : { events: [], decisions: [], unproven: [] };
        await emit({ kind: 'dossier', events: events.length, decisions: decisions.length, unproven });
      }),
    );
  },
});

/** The rows that were asked for, each projection's by their keys. */
const rowsOf = async function* (
  { projection, case: only }: ReplayAsked,
  { views, rows }: ReplayResult,
): AsyncGenerator<ViewRow, undefined> {
  const which = projections.filter((each) => projection === undefined || projection === each);
  yield* viewRows(views, which, only);
  if (projection === undefined || projection === 'supervision' || projection === 'overview') yield* rows;
};

/** Of those that can be shown; the verifier names an epoch whose ledger is missing. */
const formerFolders = async (deps: AuditDeskDeps): Promise<readonly LedgerFolder[]> => {
  const { self, former = [], book } = deps;
  const opened = await Promise.all(
    former.map((ledger) =>
      openLedgerFolder({
        ...{ ...deps, self: { ...self, epoch: ledger.epoch }, book: ledger.book, policy: ledger.policy },
        otherEpochs: [...former.filter((other) => other !== ledger).map((other) => other.book), book],
      }),
    ),
  );
  return opened.flatMap((each) => (each.ok ? [each.value] : []));
};

/** A file that cannot be made is one that is missing: the verifier names it. */
const exportOf = ({ origin, fileAt }: LedgerFolder) => ({
  name: origin,
  readFile: async (path: string) => {
    const file = await fileAt(path);
    return file.ok ? file.value : undefined;
  },
});

const anchoredSize = async ({ book, policy }: LedgerFolderDeps): Promise<number> =>
  (policy.quorum === undefined ? await book.head() : await book.anchored())?.size ?? 0;

const lastPosition = async (store: Pick<EventStore, 'readAll'>): Promise<Position> => {
  for (let at = start; ;) {
    const end = (await store.readAll(at, 1_000)).at(-1);
    if (end === undefined) return at;
    at = end.position;
  }
};

const comesAfter = (after: RowPlace, projection: Replayable, key: string): boolean => {
  const distance = replayables.indexOf(projection) - replayables.indexOf(after.projection);
  return distance > 0 || (distance === 0 && key > after.key);
};

/** One in a hundred is told, and the last. */
const everySo =
  (emit: Emit<ProgressStep>) =>
  async (done: number, of: number): Promise<void> => {
    if (done === of || done % Math.ceil(of / 100) === 0) await emit({ kind: 'progress', done, of });
  };

const entriesAtOnce = 256;

const entriesFrom = async function* (
  { store, book }: LedgerFolderDeps,
  from: number,
  size: number,
): AsyncGenerator<EntryStep, undefined> {
  for (let first = from; first < size; first += entriesAtOnce) {
    const entries = await book.entries(first, Math.min(size, first + entriesAtOnce));
    const events = new Map((await eventsOf(store, entries)).map((event) => [event.position, event]));
    for (const { seq, position, hash } of entries) {
      const event = events.get(position);
      if (event === undefined) {
        yield { kind: 'refused', refusal: { code: 'sealed-event-gone', seq } };
        return undefined;
      }
      yield { kind: 'entry', seq, hash, bytes: event.bytes };
    }
  }
  return undefined;
};

const filesOf = async function* (
  { paths, fileAt, extent }: LedgerFolder,
  after: string | undefined,
): AsyncGenerator<FileStep | RefusedStep, undefined> {
  let reached = after === undefined;
  for (const path of paths()) {
    if (!reached) {
      reached = path === after;
      continue;
    }
    const file = await fileAt(path);
    if (!file.ok) {
      yield { kind: 'refused', refusal: file.refusal };
      return undefined;
    }
    for (const part of partsOf(path, file.value ?? new Uint8Array()))
      yield part.last ? { ...part, place: { ...extent, path } } : part;
  }
  return undefined;
};

/** Small enough that a reader who stops holds up little. */
const partBytes = 32_768;

const partsOf = function* (path: string, bytes: Uint8Array): Generator<FileStep> {
  for (let offset = 0; offset === 0 || offset < bytes.length; offset += partBytes) {
    const part = bytes.slice(offset, offset + partBytes);
    yield { kind: 'file', path, offset, bytes: part, last: offset + part.length >= bytes.length };
  }
};
