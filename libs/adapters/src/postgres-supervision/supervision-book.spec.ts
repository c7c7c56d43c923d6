import { supervisionBookContract, withPostgres } from '@liandong/testing';
import { afterAll } from '@jest/globals';
import pg from 'pg';
import { migrateSupervision, postgresSupervisionBook } from './index.ts';

const closing: (() => Promise<void>)[] = [];
afterAll(() => Promise.all(closing.map((close) => close())));
const postgres = withPostgres();

let tiers = 431_000;
supervisionBookContract(async () => {
  const { urls } = await postgres.tier(String(tiers++));
  await migrateSupervision(urls.supervision);
  const pool = new pg.Pool({ connectionString: urls.supervision, max: 1 });
  // A pool has ended before its connections have: the server may be what ends them.
  pool.on('error', () => undefined);
  closing.push(() => pool.end());
  return postgresSupervisionBook(pool);
});
