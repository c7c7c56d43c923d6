import { expect, it } from '@jest/globals';
import { ownStream, type StreamName } from '@liandong/kernel';
import { testEvents, testSealer, testTier, withPostgres } from '@liandong/testing';
import { postgresEventStore } from './event-store.ts';
import { kindsAfter } from './few-kinds.ts';
import { openPool } from './pool.ts';

const postgres = withPostgres();

it('finds the few events of a book by their own index, among a great many of cases', async () => {
  const { urls } = await postgres.tier('431000');
  const pool = openPool(urls.approval);
  try {
    const store = postgresEventStore({ pool, seal: testSealer().seal });
    const matter = `case-${'1'.repeat(32)}` as StreamName;
    await store.append(matter, 0, testEvents(1_500, { stream: matter }));
    const department = ownStream('department', testTier, 'bureau');
    await store.append(department, 0, testEvents(1, { stream: department }));

    const planOf = async (kind: string): Promise<string> => {
      const { rows } = await pool.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${kindsAfter([kind]).text}`, [
        '0',
        1_000,
        [`${kind}-`],
      ]);
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    };
    // The index of a partition bears the partition's name.
    const own = /Index Scan (?:using|on) event_\d+_position_idx/;
    expect(await planOf('department')).toMatch(own);
    expect(await planOf('case')).not.toMatch(own);
  } finally {
    await pool.end();
  }
});
