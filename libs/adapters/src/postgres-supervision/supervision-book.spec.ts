import { supervisionBookContract, withPostgres } from '@liandong/testing';
import { afterAll } from '@jest/globals';
import pg from 'pg';
import { migrateSupervision, postgresSupervisionBook } from './index.ts';

// Hooks run in the order they are given: connections end before their server does.
const closing: (() => Promise<void>)[] = [];
afterAll(() => Promise.all(closing.map((close) => close())));
const postgres = withPostgres();

let tiers = 431_000;
supervisionBookContract(async () => {
  const { urls } = await postgres.tier(String(tiers++));
  await migrateSupervision(urls.supervision);
  const pool = new pg.Pool({ connectionString: urls.supervision, max: 1 });
  closing.push(() => pool.end());
  return postgresSupervisionBook(pool);
});
