import { describe, expect, it } from '@jest/globals';
import type { HeldEntry } from '@liandong/application';
import type { EventHash, StreamName, TierCode } from '@liandong/kernel';
import { linkBookContract, linkBookSelf, withPostgres } from '@liandong/testing';
import pg from 'pg';
import { openPool } from '../postgres/index.ts';
import { postgresArrivals } from './arrivals.ts';
import { exchangeLease } from './lease.ts';
import { postgresLinkBook } from './link-book.ts';
import { migrateLinks } from './migrate.ts';

const postgres = withPostgres();

linkBookContract('postgres', async () => {
  const { urls } = await postgres.tier('431021');
  await Promise.all([migrateLinks(urls.exchange), migrateLinks(urls.exchange)]);
  const pool = openPool(urls.exchange, { max: 4 });
  return { book: postgresLinkBook(pool, linkBookSelf), close: () => pool.end() };
});

describe('the link book in postgres', () => {
  it('lets go of a head and a seal with the last entry under them', async () => {
    const { urls } = await postgres.tier('431024');
    await migrateLinks(urls.exchange);
    const pool = openPool(urls.exchange, { max: 2 });
    const book = postgresLinkBook(pool, linkBookSelf);
    const feed = { author: '431000' as TierCode, destination: '431021106' as TierCode };
    const proof = { head: new Uint8Array(500).fill(1), path: [new Uint8Array(32)] };
    const hash = 'ab'.repeat(32) as EventHash;
    const seal = {
      service: 'approval',
      keyId: '0123abcd',
      leaves: [hash],
      signature: new Uint8Array(64),
    } as const;
    const entry = (number: number) => ({ number, seq: number, hash, bytes: new Uint8Array(3), seal, proof });
    const left = async () => {
      const { rows } = await pool.query(
        `SELECT (SELECT count(*)::int FROM exchange.head) AS heads, (SELECT count(*)::int FROM exchange.seal) AS seals`,
      );
      return rows[0];
    };
    await book.forward(feed, [entry(1), entry(2)]);
    await book.acknowledge(feed, 1);
    expect(await left()).toEqual({ heads: 1, seals: 1 });
    await book.acknowledge(feed, 2);
    expect(await left()).toEqual({ heads: 0, seals: 0 });
    await pool.end();
  });

  it('shows the counter what waits of a case, oldest first, and nothing before the exchange has run', async () => {
    const { urls } = await postgres.tier('431025');
    const counter = openPool(urls.approval, { max: 1 });
    const arrivals = postgresArrivals(counter);
    const stream = `case-${'a'.repeat(32)}` as StreamName;
    expect(await arrivals.pendingIn(stream, 10)).toEqual([]);
    await migrateLinks(urls.exchange);
    const pool = openPool(urls.exchange, { max: 2 });
    const book = postgresLinkBook(pool, linkBookSelf);
    const hash = (n: number) => n.toString(16).padStart(64, '0') as EventHash;
    const held = (number: number, change: Partial<HeldEntry> = {}): HeldEntry => ({
      ...{
        author: '431000' as TierCode,
        number,
        seq: number,
        hash: hash(number),
        bytes: new Uint8Array([number]),
      },
      seal: { service: 'approval', keyId: '0123abcd', leaves: [hash(number)], signature: new Uint8Array(64) },
      ...{ state: 'waiting', reason: 'parents-missing', stream, missing: [hash(9)], attempts: 1 },
      since: `2026-03-02T01:00:0${number}.000Z`,
      ...change,
    });
    await book.hold(held(2, { state: 'parked', reason: 'self-fork', missing: [] }));
    await book.hold(held(1));
    await book.hold(held(3, { stream: `case-${'b'.repeat(32)}` }));
    expect(await arrivals.pendingIn(stream, 10)).toEqual([
      {
        ...{ hash: hash(1), bytes: new Uint8Array([1]), state: 'waiting', reason: 'parents-missing' },
        ...{ missing: [hash(9)], since: '2026-03-02T01:00:01.000Z' },
      },
      {
        ...{ hash: hash(2), bytes: new Uint8Array([2]), state: 'parked', reason: 'self-fork' },
        ...{ missing: [], since: '2026-03-02T01:00:02.000Z' },
      },
    ]);
    expect(await arrivals.pendingIn(stream, 1)).toHaveLength(1);
    await Promise.all([pool.end(), counter.end()]);
  });
});

describe('the lease of the exchange', () => {
  it('is held by one process at a time, and free again once that one is gone', async () => {
    const { urls } = await postgres.tier('431022');
    await migrateLinks(urls.exchange);
    const acquire = exchangeLease(urls.exchange);
    const first = await acquire();
    expect(first).toBeDefined();
    expect(await acquire()).toBeUndefined();
    await first?.release();
    const second = await acquire();
    expect(second).toBeDefined();
    await second?.release();
  });

  it('tells its holder when the database takes it away', async () => {
    const { urls, ownerUrl, database } = await postgres.tier('431023');
    await migrateLinks(urls.exchange);
    const lease = await exchangeLease(urls.exchange)();
    const lost = new Promise<void>((resolve) => lease?.lost.addEventListener('abort', () => resolve()));
    const admin = new pg.Client({ connectionString: postgres.server.url('postgres', database) });
    await admin.connect();
    await admin.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = $1 AND state = 'idle in transaction'`,
      [database],
    );
    await admin.end();
    await lost;
    expect(lease?.lost.aborted).toBe(true);
    expect(ownerUrl).not.toBe(urls.exchange);
  });

  it('leaves the counter no way into the link book but the list of what is pending, which it only reads', async () => {
    const { urls } = await postgres.tier('431021');
    await migrateLinks(urls.exchange);
    const client = new pg.Client({ connectionString: urls.approval });
    await client.connect();
    const denied = { code: '42501' };
    try {
      expect((await client.query('SELECT * FROM exchange.pending')).rows).toBeDefined();
      const { rows } = await client.query<{ name: string }>(
        `SELECT c.oid::regclass::text AS name FROM pg_class c
         WHERE relnamespace = 'exchange'::regnamespace AND relkind IN ('r', 'v')`,
      );
      const others = rows.map(({ name }) => name).filter((name) => name !== 'exchange.pending');
      expect(others).toContain('exchange.forward');
      for (const sql of [
        ...others.map((table) => `SELECT count(*) FROM ${table}`),
        `INSERT INTO exchange.pending (author, number) VALUES ('431000', 1)`,
        `UPDATE exchange.pending SET reason = ''`,
        'DELETE FROM exchange.pending',
        'CREATE TABLE exchange.more ()',
      ])
        await expect(client.query(sql)).rejects.toMatchObject(denied);
    } finally {
      await client.end();
    }
  });
});
