import { newStream, testEvents, testSealer, withPostgres } from '@liandong/testing';
import type { TierDatabase } from '../server/tier-database.ts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { postgresCheckpoints } from './checkpoints.ts';
import { postgresEventStore } from './event-store.ts';
import { openPool } from './pool.ts';

const postgres = withPostgres();
const services = ['approval', 'supervision', 'exchange', 'audit'] as const;
const forbidden = '42501';
const appendOnly = '23001';
const duplicate = '23505';

describe('what is stored', () => {
  let tier: TierDatabase;
  let owner: pg.Pool;
  let superuser: pg.Pool;
  const pools = new Map<string, pg.Pool>();
  const as = (service: string): pg.Pool => pools.get(service) ?? owner;

  /** The SQLSTATE a statement fails with, or what it did. */
  const outcome = (pool: pg.Pool, sql: string): Promise<string> =>
    pool.query(sql).then(
      ({ command, rowCount }) => `${command} ${rowCount}`,
      (error: { code: string }) => error.code,
    );

  beforeAll(async () => {
    tier = await postgres.tier('431000');
    owner = openPool(tier.ownerUrl);
    superuser = openPool(postgres.server.url('postgres', tier.database));
    for (const service of services) pools.set(service, openPool(tier.urls[service]));
    // Small partitions, so that what holds for one is tried on several.
    await owner.query(
      `CREATE OR REPLACE FUNCTION store.events_per_partition() RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT 4::bigint'`,
    );
    await owner.query('DROP TABLE store.event_0, store.event_1');
    await owner.query('SELECT store.prepare_partitions(0, 0)');
    const store = postgresEventStore({ pool: as('approval'), seal: testSealer().seal });
    for (const size of [1, 3, 2, 9]) {
      const stream = newStream();
      expect((await store.append(stream, 0, testEvents(size, { stream }))).ok).toBe(true);
    }
  });
  afterAll(async () => {
    for (const pool of [owner, superuser, ...pools.values()]) await pool.end();
  });

  const partitions = async (): Promise<readonly string[]> =>
    (
      await owner.query<{ name: string }>(
        `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'store.event'::regclass`,
      )
    ).rows.map(({ name }) => name);

  const tables = async () => [
    'store.event',
    'store.key',
    'store.seal',
    'store.source',
    ...(await partitions()),
  ];

  const changes = (table: string) => {
    const column = table === 'store.source' ? 'source' : table === 'store.seal' ? 'service' : 'stream';
    return [
      `UPDATE ${table} SET ${column} = ${column}`,
      `UPDATE ${table} SET ${column} = ${column} WHERE false`,
      `DELETE FROM ${table}`,
      `TRUNCATE ${table}`,
      `MERGE INTO ${table} USING (SELECT 1) AS one ON true WHEN MATCHED THEN DELETE`,
    ];
  };

  it('fills partitions that were made ahead, without a gap', async () => {
    expect((await partitions()).length).toBeGreaterThanOrEqual(5);
    const { rows } = await owner.query<{ n: number; last: number; kept: number }>(
      `SELECT count(*)::int AS n, max(position)::int AS last, (SELECT count(*)::int FROM store.event_1) AS kept FROM store.event`,
    );
    expect(rows).toEqual([{ n: 15, last: 15, kept: 4 }]);
  });

  it.each(services)('cannot be changed, deleted or truncated by %s', async (service) => {
    for (const table of await tables())
      for (const sql of changes(table))
        expect([sql, await outcome(as(service), sql)]).toEqual([sql, forbidden]);
  });

  it.each(services)('cannot be added to by %s but through the store', async (service) => {
    for (const sql of [
      `INSERT INTO store.event SELECT 1000, seal, 1000, source, stream, 'x', type, hash, bytes FROM store.event LIMIT 1`,
      `INSERT INTO store.event_0 VALUES (1000, 1, 1, 1, 'x', 'x', 'x', '', '')`,
      `INSERT INTO store.key VALUES (1000, 1000, 1, 'x', 'x')`,
      `INSERT INTO store.seal VALUES (1000, '', 'x', 'x', '', '')`,
      `INSERT INTO store.source (source) VALUES ('x')`,
      `INSERT INTO store.disclosure VALUES ('x', 'x')`,
      `DELETE FROM store.disclosure`,
      `INSERT INTO store.migration VALUES (1000)`,
      `SELECT store.prepare_partitions(0, 1000000)`,
      `SELECT store.make_append_only('store.event')`,
      `SELECT pg_advisory_lock(4310000)`,
      `SELECT pg_try_advisory_xact_lock_shared(4310000)`,
      `ALTER TABLE store.event DISABLE TRIGGER ALL`,
      `DROP TABLE store.event_0`,
      `CREATE TABLE store.mine ()`,
      `SET session_replication_role = replica`,
    ])
      expect([sql, await outcome(as(service), sql)]).toEqual([sql, forbidden]);
  });

  it('cannot be changed by its owner, not even in a session that plays replica', async () => {
    for (const table of await tables())
      for (const sql of changes(table)) expect([sql, await outcome(owner, sql)]).toEqual([sql, appendOnly]);
    const replica = await superuser.connect();
    await replica.query('SET session_replication_role = replica');
    for (const table of await tables())
      for (const sql of changes(table))
        await expect(replica.query(sql)).rejects.toMatchObject({ code: appendOnly });
    replica.release(true);
  });

  it('has one event for each identity and each revision, whoever writes', async () => {
    for (const taken of [
      '1000, revision, source, stream, gen_random_uuid()',
      '1000, 1000, source, stream, id',
    ])
      expect(await outcome(owner, `INSERT INTO store.key SELECT ${taken} FROM store.key LIMIT 1`)).toBe(
        duplicate,
      );
    const again = 'INSERT INTO store.event SELECT * FROM store.event LIMIT 1';
    expect(await outcome(owner, again)).toBe(duplicate);
  });

  it('cannot be appended to by the audit, which only reads, and reads no personal data', async () => {
    const store = postgresEventStore({ pool: as('audit'), seal: testSealer('audit').seal });
    const stream = newStream();
    await expect(store.append(stream, 0, testEvents(1, { stream }))).rejects.toMatchObject({
      code: forbidden,
    });
    await expect(store.append(stream, 0, testEvents(2, { stream }))).rejects.toMatchObject({
      code: forbidden,
    });
    expect(await store.readAll(0n as never, 100)).toHaveLength(15);
    await expect(store.disclosures(['x'])).rejects.toMatchObject({ code: forbidden });
    await expect(postgresCheckpoints(as('audit')).save('audit', 1n as never)).rejects.toMatchObject({
      code: forbidden,
    });
  });

  it('is not appended to by a session whose commits may be lost or whose reads are old', async () => {
    for (const setting of [
      'synchronous_commit=off',
      'synchronous_commit=local',
      'default_transaction_isolation=serializable',
    ]) {
      const pool = openPool(`${tier.urls.approval}&options=${encodeURIComponent(`-c ${setting}`)}`);
      const store = postgresEventStore({ pool, seal: testSealer().seal });
      for (const size of [1, 2]) {
        const stream = newStream();
        await expect(store.append(stream, 0, testEvents(size, { stream }))).rejects.toMatchObject({
          code: '55000',
        });
      }
      await pool.end();
    }
  });

  it("keeps a service from moving another's checkpoint", async () => {
    const [mine, theirs] = [postgresCheckpoints(as('approval')), postgresCheckpoints(as('exchange'))];
    await mine.save('views', 5n as never);
    await expect(theirs.save('views', 9n as never)).rejects.toMatchObject({ code: forbidden });
    expect(await theirs.load('views')).toBe(5n);
    for (const sql of [`UPDATE store.checkpoint SET position = 99`, `DELETE FROM store.checkpoint`])
      expect(await outcome(as('exchange'), sql)).toBe(forbidden);
  });

  it('is out of reach of another tier on the same server', async () => {
    const other = await postgres.tier('431021');
    const wrong = openPool(postgres.server.url('tier_431021_approval', tier.database));
    await expect(wrong.query('SELECT 1')).rejects.toMatchObject({ code: forbidden });
    await wrong.end();
    expect(other.database).not.toBe(tier.database);
  });
});
