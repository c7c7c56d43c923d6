import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { erasedType } from '@liandong/domain/privacy';
import { type ServiceName, serviceNames } from '@liandong/kernel';
import { disclosuresContract, newStream, testEvent, testSealer, withPostgres } from '@liandong/testing';
import type pg from 'pg';
import type { TierDatabase } from '../server/tier-database.ts';
import { postgresDisclosures } from './disclosures.ts';
import { postgresEventStore } from './event-store.ts';
import { openPool } from './pool.ts';

const postgres = withPostgres();

disclosuresContract('PostgreSQL', async (seal) => {
  const { urls } = await postgres.tier('431000');
  const [approval, exchange] = [openPool(urls.approval, { max: 8 }), openPool(urls.exchange, { max: 8 })];
  return {
    store: postgresEventStore({ pool: approval, seal }),
    erasing: postgresDisclosures(approval),
    receiving: postgresDisclosures(exchange),
    close: async () => {
      await approval.end();
      await exchange.end();
    },
  };
});

describe('clear text in PostgreSQL', () => {
  let tier: TierDatabase;
  let owner: pg.Pool;
  let superuser: pg.Pool;
  const pools = new Map<ServiceName, pg.Pool>();
  const as = (service: ServiceName): pg.Pool => pools.get(service) ?? owner;
  const forbidden = '42501';
  const restricted = '23001';

  const outcome = (pool: pg.Pool, sql: string): Promise<string> =>
    pool.query(sql).then(
      ({ command, rowCount }) => `${command} ${rowCount}`,
      (error: { code: string }) => error.code,
    );

  beforeAll(async () => {
    tier = await postgres.tier('431021');
    owner = openPool(tier.ownerUrl);
    superuser = openPool(postgres.server.url('postgres', tier.database));
    for (const service of serviceNames) pools.set(service, openPool(tier.urls[service]));
    await postgresDisclosures(as('exchange')).hold([secret]);
  });
  afterAll(async () => {
    for (const pool of [owner, superuser, ...pools.values()]) await pool.end();
  });

  const secret = { digest: 'd', salt: 's', name: 'name', value: '韩梅梅' };
  const [takingIn, erasing, reading] = [
    "SELECT store.hold('{x}', '{x}')",
    "SELECT store.erase('{d}', 1)",
    'SELECT digest FROM store.tombstone',
  ];

  it('is taken in by the exchange alone, erased by approval alone, and never read by the audit', async () => {
    const tried = await Promise.all(
      serviceNames.map(async (service) => [
        service,
        await outcome(as(service), takingIn),
        await outcome(as(service), erasing),
        await outcome(as(service), reading),
        await outcome(as(service), 'SELECT FROM store.disclosure WHERE false'),
      ]),
    );
    expect(tried).toEqual([
      ['approval', forbidden, restricted, 'SELECT 0', 'SELECT 0'],
      ['supervision', forbidden, forbidden, 'SELECT 0', 'SELECT 0'],
      ['exchange', 'SELECT 1', forbidden, 'SELECT 0', 'SELECT 0'],
      ['audit', forbidden, forbidden, 'SELECT 0', forbidden],
    ]);
  });

  const changes = [
    'DELETE FROM store.disclosure',
    'TRUNCATE store.disclosure',
    "UPDATE store.disclosure SET content = 'x'",
    'DELETE FROM store.tombstone',
    'TRUNCATE store.tombstone',
    'UPDATE store.tombstone SET position = 1',
  ];

  it.each(serviceNames)('cannot be touched by %s but through the store', async (service) => {
    for (const sql of [
      ...changes,
      "INSERT INTO store.disclosure VALUES ('y', 'y')",
      "INSERT INTO store.tombstone VALUES ('y', 1)",
      'ALTER TABLE store.disclosure DISABLE TRIGGER ALL',
      'SELECT pg_advisory_xact_lock(4310002)',
    ])
      expect([sql, await outcome(as(service), sql)]).toEqual([sql, forbidden]);
  });

  it('cannot be deleted without an erasure on record, by whomever', async () => {
    for (const sql of changes) expect([sql, await outcome(owner, sql)]).toEqual([sql, restricted]);
    const replica = await superuser.connect();
    await replica.query('SET session_replication_role = replica');
    for (const sql of changes) await expect(replica.query(sql)).rejects.toMatchObject({ code: restricted });
    replica.release(true);
    expect(await postgresDisclosures(as('approval')).held(['d'])).toEqual([secret]);
  });

  it('is neither taken in nor erased by a session whose commits may be lost or whose reads are old', async () => {
    for (const setting of ['synchronous_commit=off', 'default_transaction_isolation=serializable'])
      for (const [service, sql] of [
        ['exchange', takingIn],
        ['approval', erasing],
      ] as const) {
        const pool = openPool(`${tier.urls[service]}&options=${encodeURIComponent(`-c ${setting}`)}`);
        expect([setting, sql, await outcome(pool, sql)]).toEqual([setting, sql, '55000']);
        await pool.end();
      }
  });

  it('does not come back while its erasure is being committed', async () => {
    const stream = newStream();
    const store = postgresEventStore({ pool: as('approval'), seal: testSealer().seal });
    const event = testEvent({ stream, type: erasedType, data: { digests: ['late'] } });
    const appended = await store.append(stream, 0, [event]);
    if (!appended.ok) throw new Error(appended.refusal.code);
    const transaction = await as('approval').connect();
    await transaction.query('BEGIN');
    await transaction.query('SELECT store.erase($1, $2)', [['late'], String(appended.value[0]!.position)]);
    const delivering = postgresDisclosures(as('exchange')).hold([{ ...secret, digest: 'late' }]);
    // Whichever is first: a delivery that does not wait is told apart by what it leaves.
    await Promise.race([delivering, waitingForLock(superuser, 'tier_431021_exchange')]);
    await transaction.query('COMMIT');
    transaction.release();
    expect(await delivering).toEqual({ tombstoned: ['late'] });
    expect(await postgresDisclosures(as('approval')).held(['late'])).toEqual([]);
  });
});

/** The server does not tell, so it is asked again and again. */
const waitingForLock = async (pool: pg.Pool, role: string): Promise<void> => {
  for (;;) {
    const { rowCount } = await pool.query(
      "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND usename = $1",
      [role],
    );
    if (rowCount !== 0) return;
  }
};
