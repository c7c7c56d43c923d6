import { oversightBookContract, supervisionBookContract, withPostgres } from '@liandong/testing';
import { afterAll } from '@jest/globals';
import { openPool } from '../postgres/index.ts';
import { migrateSupervision, postgresOversightBook, postgresSupervisionBook } from './index.ts';

const closing: (() => Promise<void>)[] = [];
afterAll(() => Promise.all(closing.map((close) => close())));
const postgres = withPostgres();

let tiers = 431_000;
const newPool = async () => {
  const { urls } = await postgres.tier(String(tiers++));
  await migrateSupervision(urls.supervision);
  const pool = openPool(urls.supervision, { max: 1 });
  closing.push(() => pool.end());
  return pool;
};
supervisionBookContract(async () => postgresSupervisionBook(await newPool()));
oversightBookContract(async () => postgresOversightBook(await newPool()));
