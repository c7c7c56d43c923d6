import { deliveryBookContract, withPostgres } from '@liandong/testing';
import type pg from 'pg';
import { openPool } from '../postgres/index.ts';
import { postgresDeliveryBook } from './delivery-book.ts';
import { migrateLinks } from './migrate.ts';

const postgres = withPostgres();

deliveryBookContract('postgres', async () => {
  const { urls } = await postgres.tier('431021');
  await migrateLinks(urls.exchange);
  const pools: pg.Pool[] = [];
  const opened = async () => {
    const pool = openPool(urls.exchange, { max: 2 });
    // The server ends soon after a pool does, and may be the first to say so.
    pool.on('error', () => undefined);
    pools.push(pool);
    return postgresDeliveryBook(pool);
  };
  const close = async () => {
    for (const pool of pools) await pool.end();
  };
  return { book: await opened(), reopened: opened, close };
});
