import { beforeAll, describe, expect, it } from '@jest/globals';
import { memoryOverviewBook, memoryViews } from '@liandong/adapters/memory';
import {
  checkSchema,
  decodeCaseFact,
  decodeItemFact,
  decodeLedgerFact,
  cardsWith,
  rowsWith,
} from '@liandong/contracts';
import { concat, type Result, type StreamName, toHex } from '@liandong/kernel';
import { type AuditedTier, auditedTier, folderOf, suite } from '../../test/audited-network.ts';
import {
  city,
  county,
  deliver,
  foundTier,
  must,
  opened,
  testClock,
  township,
} from '../../test/sample-network.ts';
import {
  type AuditDesk,
  auditDesk,
  type AuditDeskDeps,
  type AuditRefusal,
  type DossierStep,
  type FilePlace,
  type FileStep,
  replayInto,
  verifyExports,
} from '../index.ts';

const clock = testClock();
const live = memoryViews();
let tier: AuditedTier;
let deps: AuditDeskDeps;
let desk: AuditDesk;
let caseId: StreamName;

beforeAll(async () => {
  tier = await auditedTier(county, clock);
  const others = [await auditedTier(city, clock), await auditedTier(township, clock)];
  for (const each of [tier, ...others]) await foundTier(each);
  for (const other of others) await deliver(other, tier);
  caseId = await opened(tier, 'first');
  await tier.anchor('2026-03-02T02:00:05.000Z');
  const { store, book, policy, keys } = tier;
  deps = {
    ...{ self: { network: 'test.example', tier: county, epoch: 1 }, tier: county, store, book, policy, keys },
    ...{ suite, sha256: suite.sha256, factOf: decodeCaseFact, ledgerFactOf: decodeLedgerFact, checkSchema },
    itemFactOf: decodeItemFact,
    toleranceMs: 300_000,
    rowsOf: rowsWith(suite.sha256),
    cardsOf: cardsWith(suite.sha256, city),
    emptyViews: () => memoryViews(),
    withLiveViews: (work) => work(live),
    overviewed: [county, township],
    withLiveOverview: (work) => work(memoryOverviewBook(), clock.now().toISOString()),
  };
  await replayInto({ ...rowsWith(suite.sha256)(store), store }, live);
  desk = auditDesk(deps);
}, 60_000);

const all = async <Step>(steps: Promise<Result<AsyncIterable<Step>, AuditRefusal>>): Promise<Step[]> => {
  const read: Step[] = [];
  for await (const step of must(await steps)) read.push(step);
  return read;
};

/** The files of whole parts, in the order they came. */
const filesIn = (steps: readonly (FileStep | DossierStep | { readonly kind: 'refused' })[]) => {
  const files = new Map<string, Uint8Array>();
  for (const step of steps) {
    if (step.kind !== 'file') continue;
    const before = files.get(step.path) ?? new Uint8Array();
    expect(step.offset).toBe(before.length);
    files.set(step.path, concat(before, step.bytes));
  }
  return files;
};

/** Paths and bytes, as text that compares quickly. */
const shown = (files: Iterable<readonly [string, Uint8Array]>) =>
  [...files].map(([path, bytes]) => `${path} ${toHex(bytes)}`);

describe('an export as a stream', () => {
  it('is the folder that an export writes, to the byte and in its order', async () => {
    const files = filesIn(await all(desk.export()));
    expect(shown(files)).toEqual(shown(await tier.export()));
    expect([...files.keys()].at(-1)).toBe('checkpoint');
    const report = await verifyExports(deps, [folderOf('streamed', files)]);
    expect(report).toMatchObject({ ok: true });
  });

  it('goes on after a cut where it was, though the tier has gone on meanwhile', async () => {
    const before = await tier.export();
    const steps = (await all(desk.export())).filter((step) => step.kind === 'file');
    const ends = steps.filter(({ last }) => last);
    await opened(tier, 'meanwhile');
    await tier.anchor('2026-03-02T02:01:05.000Z');
    expect((await tier.export()).get('checkpoint')).not.toEqual(before.get('checkpoint'));
    for (const [n, { place }] of ends.entries()) {
      const rest = filesIn(await all(desk.export(place)));
      expect(shown(rest)).toEqual(shown(before).slice(n + 1));
    }
  });

  it('goes on with nothing that was not begun', async () => {
    const [{ place } = { place: undefined }] = (await all(desk.export())).filter(
      (step) => step.kind === 'file' && step.last,
    ) as FileStep[];
    for (const wrong of [{ size: 1 }, { path: 'tile/9/000' }] as Partial<FilePlace>[])
      expect(await desk.export({ ...place!, ...wrong })).toEqual({
        ok: false,
        refusal: { code: 'export-unknown' },
      });
  });

  it('is refused where no quorum has seen anything, and ends where the store has lost an event', async () => {
    const none = { ...deps.book, anchored: async () => undefined };
    for (const ask of ['export', 'verify'] as const)
      expect(await auditDesk({ ...deps, book: none })[ask]()).toMatchObject({
        refusal: { code: 'nothing-anchored' },
      });
    const [entry] = await deps.book.entries(3, 4);
    const readAll: typeof deps.store.readAll = async (...asked) =>
      (await deps.store.readAll(...asked)).filter(({ position }) => position !== entry!.position);
    const losing = auditDesk({ ...deps, store: { ...deps.store, readAll } });
    const gone = { kind: 'refused', refusal: { code: 'sealed-event-gone', seq: 3 } };
    expect((await all(losing.export())).at(-1)).toEqual(gone);
    const entries = await all(losing.entries(0));
    expect(entries).toHaveLength(4);
    expect(entries.at(-1)).toEqual(gone);
  });

  it('makes nothing ahead of its reader', async () => {
    let reads = 0;
    const counting: typeof deps.store.readAll = (...asked) => {
      reads++;
      return deps.store.readAll(...asked);
    };
    const slow = auditDesk({ ...deps, store: { ...deps.store, readAll: counting } });
    const steps = must(await slow.export())[Symbol.asyncIterator]();
    await steps.next();
    const before = reads;
    for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
    expect(reads).toBe(before);
    await steps.return?.();
  });
});

describe('the entries of a ledger as a stream', () => {
  it('begin at any leaf', async () => {
    const whole = await all(desk.entries(0));
    expect(whole.map((step) => step.kind === 'entry' && step.seq)).toEqual([...whole.keys()]);
    expect(whole).toHaveLength((await tier.book.anchored())!.size);
    expect(await all(desk.entries(whole.length - 2))).toEqual(whole.slice(-2));
    expect(await all(desk.entries(whole.length))).toEqual([]);
  });
});

describe('a verification as a stream', () => {
  it('tells how far it is, and ends with the report', async () => {
    const steps = await all(desk.verify());
    const { size } = (await tier.book.anchored())!;
    expect(steps.at(-2)).toEqual({ kind: 'progress', done: size, of: size });
    expect(steps.at(-1)).toMatchObject({ kind: 'report', report: { ok: true, exports: [{ size }] } });
  });

  it('names an event that was changed in the store', async () => {
    const [entry] = await deps.book.entries(2, 3);
    const readAll: typeof deps.store.readAll = async (...asked) =>
      (await deps.store.readAll(...asked)).map((one) =>
        one.position === entry!.position
          ? { ...one, bytes: one.bytes.map((byte, n) => (n === 9 ? byte ^ 1 : byte)) }
          : one,
      );
    const steps = await all(auditDesk({ ...deps, store: { ...deps.store, readAll } }).verify());
    expect(steps.at(-1)).toMatchObject({
      report: { ok: false, exports: [{ faults: [{ code: 'entry-altered', seq: 2 }] }] },
    });
  });
});

describe('a replay as a stream', () => {
  it('gives every row, and finds the live views equal', async () => {
    await replayInto({ ...deps.rowsOf(deps.store), store: deps.store }, live);
    const steps = await all(desk.replay({ rows: true }));
    const rows = steps.filter((step) => step.kind === 'row');
    expect(steps.at(-1)).toMatchObject({
      found: { tier: county, at: null, compared: { rows: rows.length } },
    });
    expect(rows.map(({ key }) => key)).toContain(caseId);
    const half = rows[Math.floor(rows.length / 2)]!;
    const rest = (await all(desk.replay({ rows: true, after: half.place }))).filter(
      (step) => step.kind === 'row',
    );
    expect(rest).toEqual(rows.slice(rows.indexOf(half) + 1));
  });

  it('of one case, or one view, gives no row of another', async () => {
    const ofCase = await all(desk.replay({ rows: true, case: caseId }));
    const rows = ofCase.filter((step) => step.kind === 'row');
    expect(new Set(rows.map(({ key }) => key.split(' ')[0]))).toEqual(new Set([caseId]));
    expect(ofCase.at(-1)).toMatchObject({ found: { streams: 1, case: { caseId } } });
    const ofItems = await all(desk.replay({ rows: true, projection: 'items' }));
    for (const step of ofItems) if (step.kind === 'row') expect(step.projection).toBe('items');
  });

  it('shows the past by moment and by leaf, each case as it stood', async () => {
    const [entry] = (await tier.book.entries(0, 100_000)).slice(-1);
    const stateAt = async (at: Parameters<AuditDesk['replay']>[0]['at'] & object) => {
      const last = (await all(desk.replay({ at, case: caseId }))).at(-1);
      return last?.kind === 'replayed' ? last.found : undefined;
    };
    expect(await stateAt({ kind: 'seq', seq: 0 })).toMatchObject({ at: '0', case: null, compared: null });
    expect(await stateAt({ kind: 'seq', seq: entry!.seq })).toMatchObject({ case: { caseId } });
    expect(await stateAt({ kind: 'moment', at: '2026-01-01T00:00:00.000Z' })).toMatchObject({ case: null });
    expect(await stateAt({ kind: 'moment', at: '2026-03-03T00:00:00.000Z' })).toMatchObject({
      case: { caseId },
    });
    expect(await desk.replay({ at: { kind: 'seq', seq: entry!.seq + 1 } })).toEqual({
      ok: false,
      refusal: { code: 'leaf-unknown', seq: entry!.seq + 1 },
    });
  });
});

describe('a dossier as a stream', () => {
  it('is what is made of an export, as far as this ledger goes', async () => {
    const steps = await all(desk.dossier(caseId));
    const files = filesIn(steps);
    expect(steps.at(-1)).toMatchObject({ kind: 'dossier', events: 1, decisions: 0, unproven: [] });
    expect([...new Set([...files.keys()].map((path) => path.split('/')[0]))].sort()).toEqual([
      'dossier.json',
      'events',
      'index.html',
      'policies',
      'proofs',
    ]);
  });

  it('is refused of a case that the tier does not hold', async () => {
    expect(await desk.dossier(`case-${'0'.repeat(32)}` as StreamName)).toEqual({
      ok: false,
      refusal: { code: 'case-unknown' },
    });
  });
});
