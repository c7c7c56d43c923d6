import { describe, expect, it } from '@jest/globals';
import type { EventHash, TierCode } from '@liandong/kernel';
import { linkBookContract, linkBookSelf, withPostgres } from '@liandong/testing';
import pg from 'pg';
import { exchangeLease } from './lease.ts';
import { postgresLinkBook } from './link-book.ts';
import { migrateLinks } from './migrate.ts';

const postgres = withPostgres();

linkBookContract('postgres', async () => {
  const { urls } = await postgres.tier('431021');
  await Promise.all([migrateLinks(urls.exchange), migrateLinks(urls.exchange)]);
  const pool = new pg.Pool({ connectionString: urls.exchange, max: 4 });
  return { book: postgresLinkBook(pool, linkBookSelf), close: () => pool.end() };
});

describe('the link book in postgres', () => {
  it('lets go of a head and a seal with the last entry under them', async () => {
    const { urls } = await postgres.tier('431024');
    await migrateLinks(urls.exchange);
    const pool = new pg.Pool({ connectionString: urls.exchange, max: 2 });
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

  it('leaves the approval service no way into the link book', async () => {
    const { urls } = await postgres.tier('431021');
    const client = new pg.Client({ connectionString: urls.approval });
    await client.connect();
    try {
      await expect(client.query('SELECT * FROM exchange.feed')).rejects.toThrow(/permission denied/);
    } finally {
      await client.end();
    }
  });
});
