import { describe, expect, it } from '@jest/globals';
import { type Position, start, type ViewChanges } from '@liandong/application';
import type { StreamName } from '@liandong/kernel';
import { parkingContract, viewsContract, withPostgres } from '@liandong/testing';
import type { DataSource } from 'typeorm';
import { postgresCaseSerials } from './case-serials.ts';
import { migrateViews, viewsDataSource } from './data-source.ts';
import { postgresParking } from './parking.ts';
import { postgresViewWriter } from './view-writer.ts';
import { postgresViews } from './views.ts';

const postgres = withPostgres();

const opened = async (tier: string) => {
  const { urls } = await postgres.tier(tier);
  const source = await viewsDataSource({ url: urls.approval }).initialize();
  await migrateViews(source);
  return source;
};

viewsContract('postgres', async () => {
  const source = await opened('431000');
  return {
    views: postgresViews(source),
    writer: postgresViewWriter(source),
    parking: postgresParking(source),
    close: () => source.destroy(),
  };
});

parkingContract('postgres', async () => {
  const { urls } = await postgres.tier('431027');
  const sources: DataSource[] = [];
  const open = async () => {
    const source = await viewsDataSource({ url: urls.approval }).initialize();
    sources.push(source);
    await migrateViews(source);
    return postgresParking(source);
  };
  return {
    parking: await open(),
    reopened: open,
    close: async () => {
      await Promise.all(sources.map((source) => source.destroy()));
    },
  };
});

describe('the tables of the views', () => {
  it('are what the entities say: nothing has drifted', async () => {
    const source = await opened('431021');
    const { upQueries } = await source.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
    await source.query('ALTER TABLE cases ADD COLUMN surplus text');
    const drifted = await source.driver.createSchemaBuilder().log();
    expect(drifted.upQueries).toHaveLength(1);
    await source.destroy();
  });

  it('belong to the service whose views they are, in its own schema', async () => {
    const source = await opened('431022');
    const found = await source.query<readonly { schemaname: string; tableowner: string }[]>(
      `SELECT DISTINCT schemaname, tableowner FROM pg_tables
       WHERE schemaname NOT IN ('pg_catalog', 'information_schema', 'store')`,
    );
    expect(found).toEqual([{ schemaname: 'approval', tableowner: 'tier_431022_approval' }]);
    await source.destroy();
  });

  it('are made once by processes that start together, and undone by their migration', async () => {
    const { urls } = await postgres.tier('431023');
    const sources = await Promise.all(
      [1, 2, 3].map(() => viewsDataSource({ url: urls.approval }).initialize()),
    );
    await Promise.all(sources.map(migrateViews));
    const [source] = sources;
    expect(await source?.query('SELECT name FROM views_migrations')).toEqual([
      { name: 'CreateViews1764000000000' },
      { name: 'CreateCaseSerials1764000000001' },
      { name: 'CreateParked1764000000002' },
    ]);
    await source?.undoLastMigration();
    expect(await source?.query("SELECT to_regclass('parked') AS found")).toEqual([{ found: null }]);
    await source?.undoLastMigration();
    expect(await source?.query("SELECT to_regclass('case_serials') AS found")).toEqual([{ found: null }]);
    await source?.undoLastMigration();
    expect(await source?.query("SELECT to_regclass('cases') AS found")).toEqual([{ found: null }]);
    await Promise.all(sources.map((each) => each.destroy()));
  });

  it('keep neither rows nor position of a write that fails half way', async () => {
    const source = await opened('431024');
    const writer = postgresViewWriter(source);
    await writer.begin('1');
    const item = {
      ...{ tier: '431024', code: '430100000001', entry: 1, origin: 'published', version: 1 },
      ...{ status: 'inForce', effectiveFrom: '2013-01-01' },
    } as never;
    const half = { cases: [], items: [item], departments: [{ tier: '431024' } as never], tiers: [] };
    const items = async () => (await postgresViews(source).items({}, { limit: 9 })).rows;
    await expect(writer.save(start, 1n as Position, half)).rejects.toThrow(/null value/);
    expect(await writer.begin('1')).toBe(start);
    expect(await items()).toEqual([]);
    expect(await writer.save(start, 1n as Position, { ...half, departments: [] })).toBe(true);
    expect(await items()).toEqual([item]);
    await source.destroy();
  });
});

describe('what is parked for the views', () => {
  const [one, two] = [1, 2].map((n) => `case-${String(n).repeat(32)}` as StreamName) as [
    StreamName,
    StreamName,
  ];
  const at = (position: number) => BigInt(position) as Position;
  const nothing: ViewChanges = { cases: [], items: [], departments: [], tiers: [] };
  const failed = (stream: StreamName) => ({
    ...{ stream, through: at(1), reason: 'a rule failed', at: '2026-03-02T02:00:00.000Z' },
  });
  const half = { ...nothing, departments: [{ tier: '431024' } as never] };
  const begun = async (source: DataSource) => {
    const writer = postgresViewWriter(source);
    await writer.begin('1');
    await writer.save(start, at(1), { ...nothing, parked: [failed(one)] });
    return writer;
  };
  const parkedIn = async (source: DataSource) => [...(await postgresParking(source).parkedStreams('views'))];

  it('is not parked by a write that fails half way', async () => {
    const source = await opened('431028');
    const writer = await begun(source);
    const change = {
      ...{ ...nothing, parked: [failed(two)] },
      held: [{ stream: one, through: 'nowhere' as never }],
    };
    await expect(writer.save(at(1), at(2), change)).rejects.toThrow(/invalid input syntax/);
    expect(await parkedIn(source)).toEqual([one]);
    expect(await writer.begin('1')).toBe(1n);
    await source.destroy();
  });

  it('is not let go by a write that fails half way', async () => {
    const source = await opened('431081');
    const writer = await begun(source);
    await expect(writer.redriven({ stream: one, through: at(1) }, half)).rejects.toThrow(/null value/);
    expect(await parkedIn(source)).toEqual([one]);
    expect(await writer.redriven({ stream: one, through: at(1) }, nothing)).toBe(true);
    await source.destroy();
  });

  it('is not let go with rows of a projection that has been replaced', async () => {
    const source = await opened('431003');
    const replaced = await begun(source);
    const writer = postgresViewWriter(source);
    await writer.begin('2');
    await writer.save(start, at(1), { ...nothing, parked: [failed(one)] });
    expect(await replaced.redriven({ stream: one, through: at(1) }, nothing)).toBe(false);
    expect(await parkedIn(source)).toEqual([one]);
    expect(await writer.redriven({ stream: one, through: at(1) }, nothing)).toBe(true);
    await source.destroy();
  });
});

describe('the serials of case numbers', () => {
  const implementation = '11431021DEM000020X7431001111001';
  const day = '2026-03-02';

  it('are another one for every caller, and begin anew with each day and item', async () => {
    const source = await opened('431025');
    const next = postgresCaseSerials(source);
    const given = await Promise.all(Array.from({ length: 20 }, () => next(implementation, day)));
    expect(given.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
    expect(await next(implementation, '2026-03-03')).toBe(1);
    expect(await next(implementation.replace('7', '6'), day)).toBe(1);
    await source.destroy();
  });

  it('go on after the cases of the store where they were lost', async () => {
    const source = await opened('431026');
    const number = `${implementation}${day.replaceAll('-', '')}`;
    for (const [n, given] of [`${number}0041`, `${number}0007`, '别的编号'].entries())
      await source.query(`INSERT INTO cases SELECT * FROM json_populate_record(NULL::cases, $1)`, [
        JSON.stringify({ ...anyCase, case_id: `case-${n}`, number: given }),
      ]);
    expect(await postgresCaseSerials(source)(implementation, day)).toBe(42);
    await source.destroy();
  });

  const anyCase = {
    ...{ item_code: '', item_version: '', item_name: '', kind: '', pilot: false, status: '', lead_tier: '' },
    ...{ lead_department: '', intake_tier: '', intake_department: '', applicant_kind: '' },
    ...{ applicant_reference: '', steps: [], missing: [], obligations: [], deadlines: [], term: '' },
    ...{ recorded: 0, registered: 0, digest: '', opened_at: '2026-03-02T02:00:00Z' },
    ...{
      updated_at: '2026-03-02T02:00:00Z',
      without_effect: 0,
      needs_upgrade: false,
      audience: [],
      parties: '{}',
    },
  };
});
