import { describe, expect, it } from '@jest/globals';
import { type Position, start } from '@liandong/application';
import { viewsContract, withPostgres } from '@liandong/testing';
import { migrateViews, viewsDataSource } from './data-source.ts';
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
    close: () => source.destroy(),
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
    ]);
    await source?.undoLastMigration();
    expect(await source?.query("SELECT to_regclass('cases') AS found")).toEqual([{ found: null }]);
    await Promise.all(sources.map((each) => each.destroy()));
  });

  it('keep neither rows nor position of a write that fails half way', async () => {
    const source = await opened('431024');
    const writer = postgresViewWriter(source);
    await writer.begin('1');
    const tier = {
      ...{ tier: '431024', network: 'n', level: 'county', name: { zh: '', en: '' } },
      ...{ demonstration: true, agentPoints: [] },
    } as never;
    const broken = { cases: [], items: [], departments: [{ tier: '431024' } as never], tiers: [tier] };
    await expect(writer.save(start, 1n as Position, broken)).rejects.toThrow(/null value/);
    expect(await writer.begin('1')).toBe(start);
    expect(await postgresViews(source).tiers()).toEqual([]);
    expect(await writer.save(start, 1n as Position, { ...broken, departments: [] })).toBe(true);
    expect(await postgresViews(source).tiers()).toHaveLength(1);
    await source.destroy();
  });
});
