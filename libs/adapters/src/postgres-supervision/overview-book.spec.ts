import { overviewBookContract, withPostgres } from '@liandong/testing';
import { afterAll, expect, it } from '@jest/globals';
import type { TierCode } from '@liandong/kernel';
import { openPool } from '../postgres/index.ts';
import { migrateSupervision, postgresOverviewBook, withOverviewAtOnce } from './index.ts';

const closing: (() => Promise<void>)[] = [];
afterAll(() => Promise.all(closing.map((close) => close())));
const postgres = withPostgres();

let tiers = 431_000;
overviewBookContract(async () => {
  const { urls } = await postgres.tier(String(tiers++));
  await migrateSupervision(urls.supervision);
  const pool = openPool(urls.supervision, { max: 1 });
  closing.push(() => pool.end());
  return postgresOverviewBook(pool);
});

it('is lent to the audit of its tier as it stood at one moment, and to be read only', async () => {
  const { urls } = await postgres.tier(String(tiers++));
  await migrateSupervision(urls.supervision);
  const [own, audit] = [urls.supervision, urls.audit].map((url) => openPool(url, { max: 1 })) as [
    ReturnType<typeof openPool>,
    ReturnType<typeof openPool>,
  ];
  closing.push(
    () => own.end(),
    () => audit.end(),
  );
  const count = (of: string) =>
    own.query(
      `INSERT INTO supervision.overview_tally VALUES ('{"place":{"tier":"431000"}}', '431000', ${of})
       ON CONFLICT (tallied) DO UPDATE SET count = excluded.count`,
    );
  await count('1');
  const tiersOf = ['431000' as TierCode];
  const seen = await withOverviewAtOnce(audit, async (live) => {
    const before = await live.tally(tiersOf);
    await count('2');
    return [before, await live.tally(tiersOf)];
  });
  expect(seen).toEqual([[expect.objectContaining({ count: 1 })], [expect.objectContaining({ count: 1 })]]);
  expect(await withOverviewAtOnce(audit, (live) => live.tally(tiersOf))).toMatchObject([{ count: 2 }]);
  for (const table of ['overview_row', 'overview_tally'])
    await expect(audit.query(`DELETE FROM supervision.${table}`)).rejects.toThrow(/permission denied/);
  for (const table of ['card', 'matter', 'overview_stream'])
    await expect(audit.query(`SELECT FROM supervision.${table}`)).rejects.toThrow(/permission denied/);
});
