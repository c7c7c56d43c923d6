import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sha256 } from '@liandong/adapters/crypto';
import { memoryParking, memoryViews, parkedTable } from '@liandong/adapters/memory';
import {
  migrateViews,
  postgresParking,
  postgresViews,
  postgresViewWriter,
  viewsDataSource,
} from '@liandong/adapters/postgres-views';
import { decodeCaseFact, decodeDepartmentFact, decodeItemFact, decodeTierFact } from '@liandong/contracts';
import { decodeEvent, type Envelope, type StreamName } from '@liandong/kernel';
import { withPostgres } from '@liandong/testing';
import {
  city,
  county,
  deliver,
  foundTier,
  must,
  opened,
  type SampleTier,
  sampleTier,
  staff,
  testClock,
  township,
} from '../../test/sample-network.ts';
import { trial } from '../../test/trying.ts';
import type { FactOf } from '../cases/case-book.ts';
import { caseReader } from '../cases/case-reader.ts';
import { patience } from '../parking/persevere.ts';
import { redriver } from '../parking/redrive.ts';
import { type EventStore, type Recorded, start } from '../ports/event-store.ts';
import type { Parking } from '../ports/parking.ts';
import { type ProjectionDeps, projectViews, retryViews } from './project.ts';
import type { Views, ViewWriter } from './views.ts';

const postgres = withPostgres();
const clerk = staff(county, 'windowClerk', '02');
const envelopeOf = ({ bytes }: Recorded): Envelope => decodeEvent(bytes);

type Kept = { readonly views: Views; readonly writer: ViewWriter; readonly parking: Parking };

const inMemory = (): Kept => {
  const table = parkedTable();
  const views = memoryViews(table);
  return { views, writer: views, parking: memoryParking(table) };
};

const inPostgres = async (tier: string): Promise<Kept & { readonly close: () => Promise<void> }> => {
  const { urls } = await postgres.tier(tier);
  const source = await viewsDataSource({ url: urls.approval }).initialize();
  await migrateViews(source);
  return {
    views: postgresViews(source),
    writer: postgresViewWriter(source),
    parking: postgresParking(source),
    close: () => source.destroy(),
  };
};

/** Everything that views can be asked. */
const everything = async ({ views }: Pick<Kept, 'views'>) => {
  const page = { limit: 10_000 };
  return {
    cases: (await views.cases({}, page)).rows,
    work: await Promise.all(
      [city, county, township].map(async (tier) => (await views.worklist({ tier }, page)).rows),
    ),
    items: (await views.items({}, page)).rows,
    departments: (await views.departments(undefined, page)).rows,
    tiers: await views.tiers(),
  };
};

describe('a stream that cannot be projected', () => {
  const clock = testClock();
  let tier: SampleTier;
  let store: EventStore;
  let poison: StreamName;
  let others: number;
  let tests = 0;

  beforeAll(async () => {
    const [theCity, theCounty, theTownship] = [
      await sampleTier(city, clock),
      await sampleTier(county, clock),
      await sampleTier(township, clock),
    ];
    for (const each of [theCity, theCounty, theTownship]) await foundTier(each);
    for (const each of [theCity, theTownship]) await deliver(each, theCounty);
    tier = theCounty;
    store = tier.store;
    for (let n = 0; n < 100; n++) await opened(tier, `other-${n}`);
  }, 60_000);
  beforeEach(async () => {
    poison = await opened(tier, `poison-${++tests}`);
    await act({ type: 'preAccept' });
    const recorded = await store.readAll(start, 100_000);
    others = recorded.filter(({ type }) => type === 'liandong.case.opened.v1').length - 1;
    expect(others).toBeGreaterThanOrEqual(100);
  });

  /** A projector of its own over what is kept: with the faults it is given. */
  const projector = (
    { views, writer, parking }: Kept,
    change: Partial<ProjectionDeps> & { readonly factOf?: FactOf } = {},
  ) => {
    const { factOf = decodeCaseFact, ...rest } = change;
    const tried = trial(clock);
    const deps: ProjectionDeps = {
      ...{ store, views: writer, parking, version: '1', trying: tried.trying },
      cases: caseReader(store, factOf, sha256),
      decodeItem: (recorded) => decodeItemFact(envelopeOf(recorded)),
      decodeDepartment: (recorded) => decodeDepartmentFact(envelopeOf(recorded)),
      decodeTier: (recorded) => decodeTierFact(envelopeOf(recorded)),
      ...rest,
    };
    /** Runs until the views have gone past everything the store holds now. */
    const run = async () => {
      const last = (await store.readAll(start, 1_000_000)).at(-1)?.position;
      const stop = new AbortController();
      const watched: ViewWriter = {
        ...deps.views,
        begin: async (version) => {
          const from = await deps.views.begin(version);
          if (from === last) stop.abort();
          return from;
        },
        save: async (from, to, changes) => {
          const saved = await deps.views.save(from, to, changes);
          if (saved && to === last) stop.abort();
          return saved;
        },
      };
      await projectViews({ ...deps, views: watched }, stop.signal);
    };
    const never = () => Promise.reject(new Error('not asked for'));
    const redrive = redriver({
      ...{ parking, clock },
      retries: { views: retryViews(deps), coordinator: never, deadlines: never, calendar: never },
    });
    const parked = async () => (await parking.list({}, { limit: 1_000 })).rows;
    return { run, redrive, parked, tried, views };
  };

  /** A fault in what is done with one case, which can be mended. */
  const fault = () => {
    const state = { there: true };
    const failing: FactOf = (envelope) => {
      if (state.there && envelope.subject === poison) throw new Error('a rule failed');
      return decodeCaseFact(envelope);
    };
    /** Fails when the fact is folded, after the event has its place in the order. */
    const failingInTheFold: FactOf = (envelope) => {
      const fact = decodeCaseFact(envelope);
      const poisoned = envelope.subject === poison && envelope.type === 'liandong.case.preAccepted.v1';
      if (fact === undefined || !poisoned) return fact;
      return new Proxy(fact, {
        get: (target, name, receiver) => {
          if (name === 'data' && state.there) throw new Error('a rule failed in the fold');
          return Reflect.get(target, name, receiver) as unknown;
        },
      });
    };
    return { failing, failingInTheFold, mend: () => (state.there = false) };
  };

  const fresh = async () => {
    const projection = projector(inMemory());
    await projection.run();
    expect(await projection.parked()).toEqual([]);
    return everything(projection);
  };

  const act = async (command: object) =>
    must(
      await tier.desk.execute({
        ...clerk,
        caseId: poison,
        idempotencyKey: JSON.stringify([poison, command]),
        command,
      } as never),
    );

  it.each(['failing', 'failingInTheFold'] as const)(
    'is parked after some tries while %s, and all others are projected',
    async (kind) => {
      const { [kind]: factOf, mend } = fault();
      const projection = projector(inMemory(), { factOf });
      await projection.run();
      const { cases } = await everything(projection);
      expect(cases).toHaveLength(others);
      expect(cases.map(({ caseId }) => caseId)).not.toContain(poison);
      expect(await projection.parked()).toMatchObject([
        {
          ...{ handler: 'views', stream: poison, attempts: 1, since: clock.now().toISOString() },
          reason: expect.stringContaining('a rule failed'),
        },
      ]);
      expect(projection.tried.pauses).toEqual([200, 400, 800]);
      expect(projection.tried.parked).toMatchObject([{ handler: 'views', stream: poison }]);

      mend();
      expect(await projection.redrive()).toEqual([{ handler: 'views', stream: poison, state: 'released' }]);
      expect(await projection.parked()).toEqual([]);
      expect(await everything(projection)).toEqual(await fresh());
    },
  );

  it('is not parked when a later try succeeds', async () => {
    const { failing, mend } = fault();
    const projection = projector(inMemory(), {
      factOf: failing,
      trying: {
        ...trial(clock).trying,
        wait: async (milliseconds) => {
          if (milliseconds === patience.firstPause * 2) mend();
        },
      },
    });
    await projection.run();
    expect(await projection.parked()).toEqual([]);
    expect(await everything(projection)).toEqual(await fresh());
  });

  it('is not parked when it is the store that is away, and nothing is saved', async () => {
    const kept = inMemory();
    const away: EventStore = {
      ...store,
      read: () => Promise.reject(new Error('connection lost')),
      readAll: () => Promise.reject(new Error('connection lost')),
    };
    const projection = projector(kept, { store: away, cases: caseReader(away, decodeCaseFact, sha256) });
    await expect(projection.run()).rejects.toThrow('connection lost');
    expect(await projection.parked()).toEqual([]);
    expect(await kept.writer.begin('1')).toBe(0n);
  });

  it('is tried no longer once the projector is to stop, and not parked', async () => {
    const stop = new AbortController();
    const kept = inMemory();
    const { trying } = trial(clock);
    const deps = {
      ...{ store, views: kept.writer, parking: kept.parking, version: '1' },
      trying: { ...trying, wait: async () => stop.abort(new Error('stopping')) },
      cases: caseReader(store, fault().failing, sha256),
      ...{ decodeItem: () => undefined, decodeDepartment: () => undefined, decodeTier: () => undefined },
    };
    await expect(projectViews(deps, stop.signal)).rejects.toThrow('stopping');
    expect((await kept.parking.list({}, { limit: 9 })).rows).toEqual([]);
  });

  it('is parked too when it is the views that refuse its rows, whatever page it came in', async () => {
    const kept = inMemory();
    let refusing = true;
    const refused: ViewWriter = {
      ...kept.writer,
      save: async (from, to, changes) => {
        if (refusing && changes.cases.some(({ row }) => row.caseId === poison))
          throw new Error('null value in column');
        return kept.writer.save(from, to, changes);
      },
    };
    const projection = projector({ ...kept, writer: refused });
    await projection.run();
    expect((await everything(projection)).cases).toHaveLength(others);
    expect(await projection.parked()).toMatchObject([
      { handler: 'views', stream: poison, reason: 'Error: null value in column' },
    ]);
    refusing = false;
    expect(await projection.redrive()).toMatchObject([{ state: 'released' }]);
    expect(await everything(projection)).toEqual(await fresh());
  });

  it('keeps the new reason when it is tried again in vain', async () => {
    const { failing } = fault();
    const kept = inMemory();
    await projector(kept, { factOf: failing }).run();
    const later = projector(kept, {
      factOf: (envelope) => {
        if (envelope.subject === poison) throw new Error('another rule failed');
        return decodeCaseFact(envelope);
      },
    });
    const [before] = await later.parked();
    clock.advance(1);
    expect(await later.redrive()).toEqual([
      { handler: 'views', stream: poison, state: 'parked', reason: 'Error: another rule failed' },
    ]);
    expect(await later.parked()).toEqual([
      { ...before, reason: 'Error: another rule failed', triedAt: clock.now().toISOString(), attempts: 2 },
    ]);
  });

  it('is tried again only where the operator says so', async () => {
    const { failing, mend } = fault();
    const projection = projector(inMemory(), { factOf: failing });
    await projection.run();
    mend();
    expect(await projection.redrive({ handler: 'coordinator' })).toEqual([]);
    expect(await projection.redrive({ stream: 'case-other' as StreamName })).toEqual([]);
    expect(await projection.parked()).toHaveLength(1);
    expect(await projection.redrive({ handler: 'views', stream: poison })).toHaveLength(1);
  });

  it('is tried anew by another version of the projection', async () => {
    const { failing } = fault();
    const kept = inMemory();
    await projector(kept, { factOf: failing }).run();
    const upgraded = projector(kept, { version: '2' });
    await upgraded.run();
    expect(await upgraded.parked()).toEqual([]);
    expect(await everything(upgraded)).toEqual(await fresh());
  });

  it('holds its later events back until it is tried again, and loses none', async () => {
    const { failing, mend } = fault();
    const projection = projector(inMemory(), { factOf: failing });
    await projection.run();
    const [before] = await projection.parked();
    await act({ type: 'accept' });
    await opened(tier, `later-${tests}`);
    mend();
    await projection.run();
    const { cases } = await everything(projection);
    expect(cases).toHaveLength(others + 1);
    expect(cases.map(({ caseId }) => caseId)).not.toContain(poison);
    const [waiting] = await projection.parked();
    expect(waiting).toEqual({ ...before, through: (await store.read(poison)).at(-1)?.position });
    expect(await projection.redrive()).toMatchObject([{ state: 'released' }]);
    expect(await projection.views.case(poison)).toMatchObject({ status: 'accepted', recorded: 3 });
    expect(await everything(projection)).toEqual(await fresh());
  });

  it('keeps the rows it had before it failed', async () => {
    const kept = inMemory();
    await projector(kept).run();
    const row = await kept.views.case(poison);
    await act({ type: 'accept' });
    const failing = projector(kept, { factOf: fault().failing });
    await failing.run();
    expect(await failing.parked()).toHaveLength(1);
    expect(await kept.views.case(poison)).toEqual(row);
  });

  it('misses no event that comes between its reading and its release', async () => {
    const kept = inMemory();
    await projector(kept, { factOf: fault().failing }).run();
    const projection = projector(kept);
    const reader = caseReader(store, decodeCaseFact, sha256);
    let reads = 0;
    const racing = projector(kept, {
      cases: {
        read: async (caseId) => {
          const file = await reader.read(caseId);
          if (++reads === 1) {
            await act({ type: 'accept' });
            await projection.run();
          }
          return file;
        },
      },
    });
    expect(await racing.redrive()).toMatchObject([{ state: 'released' }]);
    expect(reads).toBe(2);
    expect(await kept.views.case(poison)).toMatchObject({ status: 'accepted' });
    expect(await everything(kept)).toEqual(await fresh());
  });

  it.each([['in memory'], ['in PostgreSQL']])(
    'misses no event of a page that was made while it was parked and comes to be saved after its release, %s',
    async (where) => {
      const { close, ...kept } =
        where === 'in memory' ? { ...inMemory(), close: async () => {} } : await inPostgres('431021');
      await projector(kept, { factOf: fault().failing }).run();
      await act({ type: 'accept' });
      const withoutTheLast: EventStore = {
        ...store,
        read: async (...asked) => (await store.read(...asked)).filter(({ revision }) => revision < 3),
      };
      const early = projector(kept, { cases: caseReader(withoutTheLast, decodeCaseFact, sha256) });
      let saves = 0;
      const overtaken = projector({
        ...kept,
        writer: {
          ...kept.writer,
          save: async (from, to, changes) => {
            if (++saves === 1) {
              expect(changes.held).toMatchObject([{ stream: poison }]);
              expect(await early.redrive()).toMatchObject([{ state: 'released' }]);
              expect(await kept.views.case(poison)).toMatchObject({ status: 'preAccepted' });
            }
            return kept.writer.save(from, to, changes);
          },
        },
      });
      await overtaken.run();
      expect(saves).toBe(2);
      expect(await overtaken.parked()).toEqual([]);
      expect(await everything(overtaken)).toEqual(await fresh());
      await close();
    },
  );

  it.each([
    ['before they were written', false],
    ['after they were written', true],
  ])('is parked with the rows of its page though the connection breaks %s', async (_, persisted) => {
    const { close, ...kept } = await inPostgres(persisted ? '431022' : '431023');
    const { failing, mend } = fault();
    let breaks = 0;
    let down = false;
    const breaking: ViewWriter = {
      ...kept.writer,
      begin: async (version) => {
        if (down) {
          down = false;
          throw new Error('connection lost');
        }
        return kept.writer.begin(version);
      },
      save: async (from, to, changes) => {
        if (breaks > 0 || (changes.parked ?? []).length === 0) return kept.writer.save(from, to, changes);
        breaks += 1;
        if (persisted) await kept.writer.save(from, to, changes);
        down = true;
        throw new Error('connection lost');
      },
    };
    const projection = projector({ ...kept, writer: breaking }, { factOf: failing, pageSize: 50 });
    await expect(projection.run()).rejects.toThrow('connection lost');
    expect(await projection.parked()).toHaveLength(persisted ? 1 : 0);
    await projection.run();
    expect(await projection.parked()).toMatchObject([{ stream: poison, attempts: 1 }]);
    expect((await everything(projection)).cases).toHaveLength(others);
    mend();
    expect(await projection.redrive()).toMatchObject([{ state: 'released' }]);
    expect(await everything(projection)).toEqual(await fresh());
    await close();
  });
});
