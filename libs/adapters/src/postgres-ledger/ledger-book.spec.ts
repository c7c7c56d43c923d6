import { describe, expect, it } from '@jest/globals';
import type { LedgerBatch, Position } from '@liandong/application';
import { type EventHash, toHex } from '@liandong/kernel';
import { ledgerBookContract, withPostgres } from '@liandong/testing';
import pg from 'pg';
import { migrateSchema } from '../pg/migrate.ts';
import { openPool } from '../postgres/index.ts';
import { postgresLedgerBook } from './ledger-book.ts';
import { ledgerLease } from './lease.ts';
import { migrateLedger } from './migrate.ts';
import { postgresScrubPlaces } from './scrub-places.ts';
import { ledgerMigrations } from './schema.ts';
import { postgresLedgerStandings } from './standings.ts';

const postgres = withPostgres();

const openTier = async (code: string) => {
  const tier = await postgres.tier(code);
  await Promise.all([migrateLedger(tier.urls.exchange), migrateLedger(tier.urls.exchange)]);
  return tier;
};

ledgerBookContract('postgres', async () => {
  const { urls } = await openTier('431021');
  const pool = openPool(urls.exchange, { max: 4 });
  const counter = openPool(urls.approval, { max: 1 });
  return {
    book: postgresLedgerBook(pool, 1),
    standings: postgresLedgerStandings(counter),
    acquireLease: ledgerLease(urls.exchange),
    scrubPlaces: postgresScrubPlaces(pool, 1),
    close: async () => {
      await counter.end();
      await pool.end();
    },
  };
});

/** The SQLSTATE a statement fails with, or what it did. */
const outcome = async (url: string, sql: string): Promise<string> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { command, rowCount } = await client.query(sql);
    return `${command} ${rowCount}`;
  } catch (error) {
    return (error as { code: string }).code;
  } finally {
    await client.end();
  }
};

const forbidden = '42501';
const appendOnly = '23001';

describe('the ledger of a tier', () => {
  it('is read by the audit, and written by the exchange alone', async () => {
    const { urls } = await openTier('431021');
    expect(await outcome(urls.audit, 'SELECT count(*) FROM ledger.entry')).toBe('SELECT 1');
    expect(await outcome(urls.audit, 'UPDATE ledger.fence SET token = token + 1')).toBe(forbidden);
    expect(await outcome(urls.audit, 'DELETE FROM ledger.anchor')).toBe(forbidden);
    expect(await outcome(urls.audit, 'BEGIN; LOCK TABLE ledger.lease IN EXCLUSIVE MODE')).toBe(forbidden);
    expect(
      await outcome(
        urls.audit,
        `SELECT ledger.extend(1, 1, 0, 1, '', '', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}')`,
      ),
    ).toBe(forbidden);
    expect(await outcome(urls.supervision, 'SELECT count(*) FROM ledger.entry')).toBe(forbidden);
  });

  it('shows the counter which events are sealed and what is anchored, and lets it write nothing', async () => {
    const { urls } = await openTier('431021');
    const tried = async (sql: string) => [sql, await outcome(urls.approval, sql)];
    for (const table of ['entry', 'anchor']) {
      expect(await outcome(urls.approval, `SELECT count(*) FROM ledger.${table}`)).toBe('SELECT 1');
      for (const sql of [
        `INSERT INTO ledger.${table} SELECT * FROM ledger.${table}`,
        `UPDATE ledger.${table} SET hash = hash`,
        `DELETE FROM ledger.${table}`,
        `TRUNCATE ledger.${table}`,
        `BEGIN; LOCK TABLE ledger.${table} IN ROW EXCLUSIVE MODE`,
      ].map((each) => (table === 'anchor' ? each.replace('hash = hash', 'at = at') : each)))
        expect(await tried(sql)).toEqual([sql, forbidden]);
    }
    const others = ['fence', 'head', 'lease', 'migration', 'place', 'scrub', 'tile', 'unsealed'];
    for (const sql of [
      ...others.map((table) => `SELECT count(*) FROM ledger.${table}`),
      `SELECT ledger.extend(1, 1, 0, 1, '', '', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}')`,
      'CREATE TABLE ledger.more ()',
    ])
      expect(await tried(sql)).toEqual([sql, forbidden]);
  });

  it('shows the counter nothing before the exchange has made it', async () => {
    const { urls } = await postgres.tier('431028');
    const pool = openPool(urls.approval, { max: 1 });
    const standings = postgresLedgerStandings(pool);
    expect(await standings.of(['ab'.repeat(32) as EventHash])).toEqual(new Map());
    expect(await standings.anchoredSize()).toBe(0);
    await pool.end();
  });

  it('is append-only, also for its owner and in a session that plays replica', async () => {
    const { urls, database } = await openTier('431021');
    const superuser = postgres.server.url('postgres', database);
    for (const sql of [
      'UPDATE ledger.entry SET hash = hash',
      'DELETE FROM ledger.entry',
      'TRUNCATE ledger.head',
      'UPDATE ledger.head SET note = note',
      'DELETE FROM ledger.unsealed',
      'DELETE FROM ledger.tile',
      `UPDATE ledger.tile SET bytes = substring(bytes FROM 1 FOR 32) WHERE level = 0`,
      `UPDATE ledger.tile SET bytes = set_byte(bytes, 0, 1 - sign(get_byte(bytes, 0))::integer)`,
      'UPDATE ledger.tile SET index = index + 100',
    ]) {
      expect([sql, await outcome(urls.exchange, sql)]).toEqual([sql, appendOnly]);
      const replica = `${superuser}&options=${encodeURIComponent('-c session_replication_role=replica')}`;
      expect([sql, await outcome(replica, sql)]).toEqual([sql, appendOnly]);
    }
  });
});

describe('the ledgers of two epochs of a tier', () => {
  it('stand beside each other', async () => {
    const { urls } = await openTier('431029');
    const pool = openPool(urls.exchange, { max: 2 });
    const lease = await ledgerLease(urls.exchange)();
    const [first, second] = [postgresLedgerBook(pool, 1), postgresLedgerBook(pool, 2)];
    const bytes = (n: number) => new Uint8Array(32).fill(n);
    const sealing = (n: number): LedgerBatch => ({
      ...{ fence: lease?.fence ?? 0n, from: 0, unsealed: [] },
      entries: [{ seq: 0, position: BigInt(n) as Position, hash: toHex(bytes(n)) as EventHash }],
      tiles: [{ tile: { level: 0, index: 0, width: 1 }, bytes: bytes(n) }],
      head: { size: 1, root: bytes(n), note: bytes(n) },
      through: BigInt(n) as Position,
    });
    const anchored = (n: number) => ({ ...sealing(n).head, at: `2026-03-0${n}T01:00:00.000Z` });
    for (const [n, book] of [first, second].entries()) {
      expect(await book.extend(sealing(n + 1))).toBe(true);
      await book.anchor(anchored(n + 1));
      const places = postgresScrubPlaces(pool, n + 1);
      await places.save({ seq: n, position: BigInt(n) as Position, roots: [] });
      expect(await places.load()).toMatchObject({ seq: n });
    }

    for (const [n, book] of [first, second].entries()) {
      const { entries, head, through } = sealing(n + 1);
      expect(await book.head()).toEqual(head);
      expect(await book.place()).toBe(through);
      expect(await book.entries(0, 10)).toEqual(entries);
      expect(await book.tile({ level: 0, index: 0, width: 1 })).toEqual(bytes(n + 1));
      expect(await book.anchored()).toEqual(anchored(n + 1));
      expect(await book.anchorOver(0)).toEqual(anchored(n + 1));
      const both = [1, 2].map((each) => toHex(bytes(each)) as EventHash);
      expect(await book.sealedAmong(both)).toEqual(new Set([both[n]]));
      expect(await book.entryOf(both[1 - n]!)).toBeUndefined();
      const found = (await postgresLedgerStandings(pool).of(both)).get(both[n]!);
      expect(found).toEqual({ seq: 0, anchored: { size: 1, at: anchored(n + 1).at } });
    }
    expect(await postgresLedgerStandings(pool).anchoredSize()).toBe(2);
    await lease?.release();
    await pool.end();
  });
});

describe('a ledger that was kept before there were epochs', () => {
  it('is of the epoch that its heads name', async () => {
    const { urls } = await postgres.tier('431030');
    await migrateSchema(urls.exchange, 'ledger', ledgerMigrations.slice(0, 2));
    const note = 'test.example/431030/7\n1\nAAAA\n\n— x y\n';
    const batch = `'{1}', '{${String.raw`"\\x00"`}}', '{}', '{}', '{}', '{}', '{}', '{}', '{}'`;
    await outcome(
      urls.exchange,
      `SELECT ledger.extend(0, 0, 1, '', convert_to('${note}', 'UTF8'), ${batch})`,
    );
    await migrateLedger(urls.exchange);
    const pool = openPool(urls.exchange, { max: 1 });
    expect(await postgresLedgerBook(pool, 7).place()).toBe(1n);
    expect((await postgresLedgerBook(pool, 7).head())?.size).toBe(1);
    expect(await postgresLedgerBook(pool, 1).head()).toBeUndefined();
    await pool.end();
  });
});

describe('the lease of the ledger', () => {
  it('tells its holder when the database takes it away, and shuts out what it still writes', async () => {
    const { urls, database } = await openTier('431022');
    const acquire = ledgerLease(urls.exchange);
    const first = await acquire();
    const lost = new Promise<void>((resolve) => first?.lost.addEventListener('abort', () => resolve()));
    await outcome(
      postgres.server.url('postgres', database),
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = '${database}' AND state = 'idle in transaction'`,
    );
    await lost;
    const second = await acquire();
    expect(second?.fence).toBe((first?.fence ?? 0n) + 1n);

    const pool = openPool(urls.exchange, { max: 1 });
    const root = new Uint8Array(32);
    const batch = { from: 0, entries: [], tiles: [], unsealed: [], through: 1n as never };
    const head = { size: 0, root, note: root };
    const book = postgresLedgerBook(pool, 1);
    expect(await book.extend({ ...batch, head, fence: first?.fence ?? 0n })).toBe(false);
    expect(await book.extend({ ...batch, head, fence: second?.fence ?? 0n })).toBe(true);
    await second?.release();
    await pool.end();
  });

  it('waits, before it is given on, for what is being written under the last one', async () => {
    const { urls } = await openTier('431023');
    const writer = new pg.Client({ connectionString: urls.exchange });
    await writer.connect();
    await writer.query('BEGIN');
    await writer.query(
      `SELECT ledger.extend(1, 0, 0, 1, '', '', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}')`,
    );
    let given = false;
    const acquiring = ledgerLease(urls.exchange)().then((lease) => {
      given = true;
      return lease;
    });
    // On a connection without a transaction: within one the statistics stand still.
    const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    while ((await outcome(urls.exchange, waiting)) === 'SELECT 0');
    expect(given).toBe(false);
    await writer.query('COMMIT');
    await (await acquiring)?.release();
    await writer.end();
  });
});
