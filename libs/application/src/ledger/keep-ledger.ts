import { type Author, type Envelope, type EventHash, fromHex, type Sha256, sourceOf } from '@liandong/kernel';
import {
  formatCheckpoint,
  formatNote,
  growEdge,
  rootOfEdge,
  type SignEd25519,
  signNote,
  type TileEdge,
  type VKey,
} from '@liandong/ledger';
import { type Clock, instant } from '../ports/clock.ts';
import type { EventStore, Position, Recorded } from '../ports/event-store.ts';
import type { LedgerBook, LedgerEntry, SignedLedgerHead, Unsealed } from '../ports/ledger-book.ts';
import type { Wait } from '../ports/wait.ts';
import { askWitnesses, type GuardVerdict, type AskLargestKnown } from './guard.ts';
import { type EndedLedgers, type Judging, judgeEvents, type SealVerifierAt } from './judge-events.ts';
import { lastIsGone, type LedgerDamage, type LedgerTree, readTree } from './tree-of-book.ts';

export type LedgerKeeperDeps = {
  readonly self: Author;
  readonly store: Pick<EventStore, 'readAll' | 'follow' | 'seals'>;
  readonly book: LedgerBook;
  /** Of the lease under which this keeper runs. */
  readonly fence: bigint;
  readonly sha256: Sha256;
  readonly verifySeal: SealVerifierAt;
  /** Of a ledger that follows on another: those before it, and the event that opens it, once that is recorded. */
  readonly follows?: FollowedLedgers | undefined;
  /** Told of each event before the next one is judged, and of some twice. */
  readonly goesIn?: (seq: number, envelope: Envelope) => void;
  /** The log's key: its name is the ledger's origin. */
  readonly logKey: VKey & { readonly type: 'ed25519' };
  readonly sign: SignEd25519;
  readonly largestKnown: AskLargestKnown;
  /** How many witnesses make a head anchored. */
  readonly quorum: number;
  readonly clock: Clock;
  readonly wait: Wait;
  readonly alarm: (alarm: LedgerAlarm) => void;
  readonly settings?: Partial<LedgerKeeperSettings>;
};

export type FollowedLedgers = {
  readonly ended: EndedLedgers;
  readonly opening: () => Promise<EventHash | undefined>;
};

export type LedgerKeeperSettings = {
  /** Under load a head is signed this often; when idle at once. */
  readonly intervalMs: number;
  /** The next head after one over fewer than `fewEntries` comes this soon: a wait would gather little. */
  readonly shortIntervalMs: number;
  readonly fewEntries: number;
  /** How often witnesses that do not answer, or know more than the store, are asked again. */
  readonly retryMs: number;
  readonly pageSize: number;
  /** So many entries are sealed without waiting for the interval. */
  readonly batchSize: number;
};

export const defaultKeeperSettings: LedgerKeeperSettings = {
  intervalMs: 200,
  shortIntervalMs: 50,
  fewEntries: 25,
  retryMs: 2_000,
  pageSize: 1_000,
  batchSize: 5_000,
};

/** What an operator must look into. */
export type LedgerAlarm =
  | { readonly code: 'unsealed'; readonly events: readonly Unsealed[] }
  /** Nothing is signed before so many witnesses say what they have seen. */
  | { readonly code: 'unwitnessed'; readonly answers: number; readonly needed: number; readonly of: number }
  | { readonly code: 'behind'; readonly stored: number; readonly known: number }
  | { readonly code: 'parted'; readonly size: number }
  | { readonly code: 'unopened'; readonly epoch: number }
  | { readonly code: 'damaged'; readonly damage: LedgerDamage };

export type LedgerKeeperStatus =
  | { readonly state: 'idle' }
  /** Events are recorded, and nothing is signed: too few witnesses answer. */
  | { readonly state: 'unwitnessed'; readonly answers: number; readonly needed: number; readonly of: number }
  /** A witness knows more than the store holds: back-fill, or open the next epoch. */
  | { readonly state: 'behind'; readonly stored: number; readonly known: number }
  /** A witness has seen another tree of that size: the store was written on from an older state. */
  | { readonly state: 'parted'; readonly size: number }
  /** The epoch is configured, and no operator has opened it. */
  | { readonly state: 'unopened'; readonly epoch: number }
  | { readonly state: 'damaged'; readonly damage: LedgerDamage }
  | { readonly state: 'sealing'; readonly size: number; readonly through: Position };

export type LedgerKeeper = {
  /**
   * Seals what the store records until the signal aborts. Throws when the store, the book or
   * the signer fails, or another keeper has written: it may be run again, and begins with
   * what is stored.
   */
  readonly run: (signal: AbortSignal) => Promise<void>;
  readonly status: () => LedgerKeeperStatus;
};

/** One keeper of a tier's own ledger, under a lease. */
export const ledgerKeeper = (deps: LedgerKeeperDeps): LedgerKeeper => {
  const settings = { ...defaultKeeperSettings, ...deps.settings };
  const judging: Judging & Pick<LedgerKeeperDeps, 'store'> = {
    ...deps,
    source: sourceOf(deps.self),
    sealed: deps.book,
    ended: deps.follows?.ended,
  };
  let status: LedgerKeeperStatus = { state: 'idle' };

  /** Nothing is signed over a damage; an operator decides what follows from it. */
  const stopAt = async (damage: LedgerDamage, signal: AbortSignal): Promise<void> => {
    status = { state: 'damaged', damage };
    deps.alarm({ code: 'damaged', damage });
    await aborted(signal);
  };

  /** The first head of an epoch covers its opening: no ledger begins without saying on what it follows. */
  const passable = async (tree: LedgerTree): Promise<GuardVerdict | Unopened> => {
    const found = await askWitnesses(judging, deps.largestKnown, deps.quorum, tree);
    if (found.verdict !== 'may-sign' || deps.follows === undefined || tree.edge.size > 0) return found;
    const opening = await deps.follows.opening();
    const through = opening && (await leafOf(judging, tree, opening));
    return through === undefined
      ? { verdict: 'unopened', epoch: deps.self.epoch }
      : { verdict: 'may-sign', floor: Math.max(found.floor, through + 1) };
  };

  const passGuard = async (tree: LedgerTree, signal: AbortSignal): Promise<number | undefined> => {
    let told: Standstill['verdict'] | undefined;
    while (!signal.aborted) {
      const found = await passable(tree);
      if (found.verdict === 'may-sign') return found.floor;
      const refused = toldOf(found);
      status = refused.status;
      if (told !== found.verdict) deps.alarm(refused.alarm);
      told = found.verdict;
      await deps.wait(settings.retryMs, signal);
    }
    return undefined;
  };

  const run = async (signal: AbortSignal): Promise<void> => {
    const over = new AbortController();
    const until = AbortSignal.any([signal, over.signal]);
    try {
      const read = await readTree(deps.sha256, deps.book);
      if (!read.ok) return await stopAt(read.refusal, until);
      const gone = await lastIsGone(deps.store, read.value.last);
      if (gone !== undefined) return await stopAt(gone, until);
      const floor = await passGuard(read.value, until);
      if (floor !== undefined) await seal(read.value, floor, until);
    } finally {
      over.abort();
      status = { state: 'idle' };
    }
  };

  const seal = async (opened: LedgerTree, floor: number, signal: AbortSignal): Promise<void> => {
    let tree = opened;
    status = sealing(tree);
    const pages = deps.store.follow(tree.place, { limit: settings.pageSize, signal })[Symbol.asyncIterator]();
    const turn = (): Promise<IteratorResult<readonly Recorded[], unknown>> => {
      const next = pages.next();
      // It may fail while a batch is being written; whoever awaits it next hears of it.
      next.catch(() => undefined);
      return next;
    };
    let next = turn();
    let rested: Promise<undefined> = Promise.resolve(undefined);
    let batch = emptyBatch(tree);
    for (;;) {
      const full = batch.entries.length >= settings.batchSize;
      const page = !mayWrite(tree, batch, floor)
        ? await next
        : full
          ? undefined
          : await Promise.race([rested, next]);
      if (page?.done === true) return;
      if (page !== undefined) {
        next = turn();
        batch = await gather(batch, tree.edge.size, page.value);
        continue;
      }
      const gone = await lastIsGone(deps.store, tree.last);
      if (gone !== undefined) return stopAt(gone, signal);
      tree = await write(tree, batch);
      status = sealing(tree);
      const few = batch.entries.length < settings.fewEntries;
      batch = emptyBatch(tree);
      rested = deps.wait(few ? settings.shortIntervalMs : settings.intervalMs, signal).then(() => undefined);
    }
  };

  const gather = async (batch: Batch, size: number, page: readonly Recorded[]): Promise<Batch> => {
    const { entries, unsealed } = await judgeEvents(judging, page, size + batch.entries.length);
    const at = instant(deps.clock.now());
    return {
      entries: [...batch.entries, ...entries],
      unsealed: [...batch.unsealed, ...unsealed.map((event) => ({ ...event, at }))],
      through: page.at(-1)?.position ?? batch.through,
    };
  };

  const write = async (tree: LedgerTree, batch: Batch): Promise<LedgerTree> => {
    const { entries, unsealed, through } = batch;
    const { edge, tiles } = growEdge(
      deps.sha256,
      tree.edge,
      entries.map(({ hash }) => fromHex(hash)),
    );
    const head = tree.head !== undefined && entries.length === 0 ? tree.head : signHead(deps, edge);
    const { fence } = deps;
    if (!(await deps.book.extend({ fence, from: tree.edge.size, entries, tiles, unsealed, head, through })))
      throw new Error('another keeper writes this ledger');
    if (unsealed.length > 0) deps.alarm({ code: 'unsealed', events: unsealed });
    return { edge, head, last: entries.at(-1) ?? tree.last, place: through };
  };

  return { run, status: () => status };
};

type Unopened = { readonly verdict: 'unopened'; readonly epoch: number };
type Standstill = Exclude<GuardVerdict, { readonly verdict: 'may-sign' }> | Unopened;

/** At which leaf the event would stand if all that the store holds were sealed. */
const leafOf = async (
  judging: Judging & Pick<LedgerKeeperDeps, 'store'>,
  { edge, place }: LedgerTree,
  hash: EventHash,
): Promise<number | undefined> => {
  let size = edge.size;
  for (let at = place; ;) {
    const page = await judging.store.readAll(at, 1_000);
    const end = page.at(-1);
    if (end === undefined) return undefined;
    const { entries } = await judgeEvents(judging, page, size);
    const found = entries.find((entry) => entry.hash === hash);
    if (found !== undefined) return found.seq;
    size += entries.length;
    at = end.position;
  }
};

/** Why nothing is signed, for whoever asks and for the operator. */
const toldOf = (found: Standstill): { readonly status: LedgerKeeperStatus; readonly alarm: LedgerAlarm } => {
  switch (found.verdict) {
    case 'too-few-answers': {
      const { verdict: _, ...numbers } = found;
      return {
        status: { state: 'unwitnessed', ...numbers },
        alarm: { code: 'unwitnessed', ...numbers },
      };
    }
    case 'behind': {
      const { verdict, ...numbers } = found;
      return { status: { state: verdict, ...numbers }, alarm: { code: verdict, ...numbers } };
    }
    case 'unopened': {
      const { verdict, epoch } = found;
      return { status: { state: verdict, epoch }, alarm: { code: verdict, epoch } };
    }
    case 'parted': {
      const { verdict, size } = found;
      return { status: { state: verdict, size }, alarm: { code: verdict, size } };
    }
  }
};

/** What was gathered since the last head. */
type Batch = {
  readonly entries: readonly LedgerEntry[];
  readonly unsealed: readonly Unsealed[];
  readonly through: Position;
};

const emptyBatch = ({ place }: LedgerTree): Batch => ({ entries: [], unsealed: [], through: place });

/** Whether there is anything to write, no head below the floor comes of it, and there is a head to write it under. */
const mayWrite = ({ edge, head, place }: LedgerTree, { entries, through }: Batch, floor: number): boolean =>
  through !== place && edge.size + entries.length >= floor && (entries.length > 0 || head !== undefined);

const sealing = ({ edge, place }: LedgerTree): LedgerKeeperStatus => ({
  state: 'sealing',
  size: edge.size,
  through: place,
});

const signHead = (
  { sha256, logKey, sign }: Pick<LedgerKeeperDeps, 'sha256' | 'logKey' | 'sign'>,
  edge: TileEdge,
): SignedLedgerHead => {
  const { size } = edge;
  const root = rootOfEdge(sha256, edge);
  const text = formatCheckpoint({ origin: logKey.name, size, root });
  return { size, root, note: formatNote({ text, signatures: [signNote(logKey, sign, text)] }) };
};

const aborted = (signal: AbortSignal): Promise<void> =>
  signal.aborted
    ? Promise.resolve()
    : new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
