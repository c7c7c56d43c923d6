import { describe, expect, it } from '@jest/globals';
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
