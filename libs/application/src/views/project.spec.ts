import { beforeAll, describe, expect, it } from '@jest/globals';
import { memoryParking, memoryViews } from '@liandong/adapters/memory';
import { constructionItemCode } from '@liandong/adapters/reference';
import {
  migrateViews,
  postgresViews,
  postgresViewWriter,
  viewsDataSource,
} from '@liandong/adapters/postgres-views';
import { decodeCaseFact, decodeDepartmentFact, decodeItemFact, decodeTierFact } from '@liandong/contracts';
import { sha256 } from '@liandong/adapters/crypto';
import { decodeEvent, type StreamName } from '@liandong/kernel';
import { withPostgres } from '@liandong/testing';
import {
  city,
  county,
  deliver,
  document,
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
import type { Recorded } from '../ports/event-store.ts';
import { type ProjectionDeps, projectViews } from './project.ts';
import type { Views, ViewWriter } from './views.ts';

const postgres = withPostgres();

/** Runs the projection until the views have everything the store holds now. */
const project = async (
  { store }: Pick<SampleTier, 'store'>,
  views: ViewWriter,
  change: Partial<ProjectionDeps> & { readonly factOf?: FactOf } = {},
): Promise<void> => {
  const last = (await store.readAll(0n as never, 1_000_000)).at(-1)?.position;
  const stop = new AbortController();
  const watched: ViewWriter = {
    ...views,
    begin: async (version) => {
      const from = await views.begin(version);
      if (from === last) stop.abort();
      return from;
    },
    save: async (from, to, changes) => {
      const saved = await views.save(from, to, changes);
      if (saved && to === last) stop.abort();
      return saved;
    },
  };
  const { factOf = decodeCaseFact, ...rest } = change;
  const { trying } = trial(testClock());
  await projectViews(
    {
      ...{
        store,
        version: '1',
        trying,
        parking: memoryParking(),
        cases: caseReader(store, factOf, sha256),
        ...rest,
        views: watched,
      },
      decodeItem: (recorded) => decodeItemFact(envelopeOf(recorded)),
      decodeDepartment: (recorded) => decodeDepartmentFact(envelopeOf(recorded)),
      decodeTier: (recorded) => decodeTierFact(envelopeOf(recorded)),
    },
    stop.signal,
  );
};

const envelopeOf = ({ bytes }: Recorded) => decodeEvent(bytes);

/** Everything that views can be asked. */
const everything = async (views: Views) => {
  const page = { limit: 10_000 };
  return {
    cases: (await views.cases({}, page)).rows,
    work: await Promise.all(
      [city, county, township].map(async (tier) => (await views.worklist({ tier }, page)).rows),
    ),
    due: await Promise.all(
      [city, county].map((tier) => views.casesDue(tier, '2100-01-01T00:00:00.000Z', 99)),
    ),
    items: (await views.items({}, page)).rows,
    departments: (await views.departments(undefined, page)).rows,
    tiers: await views.tiers(),
  };
};

describe('the views of a tier', () => {
  const clock = testClock();
  const network: SampleTier[] = [];
  const at = (n: number): SampleTier => network[n]!;
  const [theCity, theCounty, theTownship] = [0, 1, 2];
  let caseId: StreamName;
  let idle: StreamName;

  const spread = async () => {
    for (let round = 0; round < 2; round++)
      for (const [from, to] of [
        [theCity, theCounty],
        [theTownship, theCounty],
        [theCounty, theTownship],
        [theCounty, theCity],
      ] as const)
        await deliver(at(from!), at(to!));
  };
  const clerk = staff(county, 'windowClerk', '02');
  const act = async (n: number, who: ReturnType<typeof staff>, id: StreamName, command: object) =>
    must(
      await at(n).desk.execute({
        ...who,
        caseId: id,
        idempotencyKey: JSON.stringify(command),
        command,
      } as never),
    );
  const viewsOf = async (n: number, change = {}) => {
    const views = memoryViews();
    await project(at(n), views, change);
    return views;
  };

  beforeAll(async () => {
    for (const code of [city, county, township]) network.push(await sampleTier(code, clock));
    for (const tier of network) await foundTier(tier);
    await spread();
    caseId = await opened(at(theCounty!), 'one');
    clock.advance(1);
    idle = await opened(at(theCounty!), 'two');
    await act(theCounty!, clerk, caseId, { type: 'preAccept' });
    await act(theCounty!, clerk, caseId, { type: 'accept' });
    await spread();
    await act(theCity!, staff(city, 'leadCoordinator', '03'), caseId, { type: 'openStage', stage: 'site' });
    await spread();
    const opinion = { type: 'giveOpinion', step: 'residents', result: 'agree', document: document(9) };
    await act(theTownship!, staff(township, 'reviewer', '01'), caseId, opinion);
    await spread();
  });

  it('show the same case at every tier, whoever wrote its events', async () => {
    const rows = await Promise.all([0, 1, 2].map(async (n) => (await viewsOf(n)).case(caseId)));
    expect(rows[0]).toMatchObject({
      ...{
        itemCode: constructionItemCode,
        kind: 'joint',
        status: 'inReview',
        leadTier: city,
        intakeTier: county,
      },
      ...{ stage: 'site', recorded: 5, registered: 4, needsUpgrade: false, withoutEffect: 0 },
      digest: (await at(theCity!).desk.read(caseId))?.digest,
      openedAt: '2026-03-02T02:00:00.000Z',
      updatedAt: '2026-03-03T02:00:00.000Z',
    });
    expect(rows[0]?.steps).toContainEqual(
      expect.objectContaining({ id: 'residents', status: 'answered', result: 'agree' }),
    );
    expect(rows[1]).toEqual(rows[0]);
    expect(rows[2]).toEqual(rows[0]);
  });

  it('put before each organ what waits for it, with the roles that may do it', async () => {
    const views = await viewsOf(theCounty!);
    const { rows } = await views.worklist({ tier: county }, { limit: 100 });
    const file = await at(theCounty!).desk.read(caseId);
    const open = Object.values(file?.state.matter?.steps ?? {}).filter(
      ({ stage, organ, answers }) => stage === 'site' && organ.tier === county && answers.length === 0,
    );
    expect(open.length).toBeGreaterThan(0);
    const steps = rows.filter((row) => row.caseId === caseId).map(({ step }) => step);
    expect(steps.sort()).toEqual(open.map(({ step }) => step.id).sort());
    expect(rows.filter((row) => row.caseId === idle)).toEqual([
      expect.objectContaining({
        act: 'preAccepted',
        department: clerk.by.department,
        roles: ['windowClerk', 'reviewer'],
      }),
    ]);
    const { rows: none } = await views.worklist({ tier: township }, { limit: 100 });
    expect(none.filter(({ step }) => step === 'residents')).toEqual([]);
  });

  it('name the cases whose limit the tier must record once it has run out', async () => {
    const views = await viewsOf(theCounty!);
    const [, soon] = ['2026-03-04', '2026-04-20'].map((day) => `${day}T00:00:00.000Z`);
    expect(await views.casesDue(county, '2026-03-04T00:00:00.000Z', 9)).toEqual([]);
    expect(await views.casesDue(county, soon!, 9)).toEqual([idle]);
    expect(await views.casesDue(city, soon!, 9)).toEqual([]);
  });

  it('show the catalogue, adoptions with their standard, and the directory of the network', async () => {
    const views = await viewsOf(theTownship!);
    const { rows } = await views.items({ on: '2026-03-02' }, { limit: 50 });
    expect(rows.map(({ tier, origin, version }) => [tier, origin, version])).toEqual([
      [city, 'published', 3],
      [county, 'adopted', 3],
      [township, 'adopted', 3],
    ]);
    expect(new Set(rows.map(({ content }) => JSON.stringify(content))).size).toBe(1);
    expect((await views.tiers()).map(({ tier, name, parent }) => [tier, name.zh, parent])).toEqual([
      [city, '郴州市', undefined],
      [county, '桂阳县', city],
      [township, expect.any(String), county],
    ]);
    const { rows: departments } = await views.departments(county, { limit: 50 });
    const center = departments.find(({ department }) => department === clerk.by.department);
    expect(center?.windows).toContainEqual(expect.objectContaining({ window: 'A02' }));
    expect(center?.staff).toContainEqual(
      expect.objectContaining({ window: 'A02', authority: expect.anything() }),
    );
  });

  it('hold nothing personal', async () => {
    const text = JSON.stringify(await everything(await viewsOf(theCounty!)));
    expect(text).toContain(caseId);
    expect(text).not.toContain('桂阳某某');
    expect(text).not.toContain('厂房建设');
    expect(text).not.toContain('_sd');
  });

  it.each([1, 2, 7, 1_000])(
    'come back equal when they are dropped and made again, %i events a page',
    async (pageSize) => {
      const views = await viewsOf(theCity!);
      const before = await everything(views);
      await project(at(theCity!), views, { version: 'again', pageSize });
      expect(await everything(views)).toEqual(before);
    },
  );

  it('are the same in PostgreSQL', async () => {
    const { urls } = await postgres.tier(city);
    const source = await viewsDataSource({ url: urls.approval }).initialize();
    await migrateViews(source);
    await project(at(theCity!), postgresViewWriter(source), { pageSize: 5 });
    expect(await everything(postgresViews(source))).toEqual(await everything(await viewsOf(theCity!)));
    await source.destroy();
  });

  it.each([
    ['before it was written', false],
    ['after it was written', true],
  ])('go on after a crash %s, as if nothing had happened', async (_, persisted) => {
    const views = memoryViews();
    let saves = 0;
    let down = false;
    const crashing: ViewWriter = {
      ...views,
      begin: async (version) => {
        if (down) {
          down = false;
          throw new Error('connection lost');
        }
        return views.begin(version);
      },
      save: async (from, to, changes) => {
        if (++saves % 2 === 1) return views.save(from, to, changes);
        if (persisted) await views.save(from, to, changes);
        down = true;
        throw new Error('connection lost');
      },
    };
    let crashes = 0;
    for (let running = true; running;)
      await project(at(theCity!), crashing, { pageSize: 20 }).then(
        () => (running = false),
        () => crashes++,
      );
    expect(crashes).toBeGreaterThan(1);
    expect(await everything(views)).toEqual(await everything(await viewsOf(theCity!)));
  });

  it('are right although two projectors work on them at once', async () => {
    const views = memoryViews();
    const conflicts: boolean[] = [];
    const seen: ViewWriter = {
      ...views,
      save: async (...change) => {
        const saved = await views.save(...change);
        conflicts.push(!saved);
        return saved;
      },
    };
    await Promise.all([3, 4].map((pageSize) => project(at(theCity!), seen, { pageSize })));
    expect(conflicts).toContain(true);
    expect(await everything(views)).toEqual(await everything(await viewsOf(theCity!)));
  });

  it('mark a case with events this build does not know, and fold it again after the upgrade', async () => {
    const knowsNoOpinions: FactOf = (envelope) =>
      envelope.type === 'liandong.case.opinionGiven.v1' ? undefined : decodeCaseFact(envelope);
    const views = memoryViews();
    await project(at(theCity!), views, { version: 'old', factOf: knowsNoOpinions });
    const before = await views.case(caseId);
    expect(before).toMatchObject({ needsUpgrade: true, status: 'inReview' });
    expect(before?.steps).toContainEqual(expect.objectContaining({ id: 'residents', status: 'open' }));
    await project(at(theCity!), views, { version: 'new' });
    expect(await everything(views)).toEqual(await everything(await viewsOf(theCity!)));
  });
});
