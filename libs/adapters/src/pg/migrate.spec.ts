import { describe, expect, it } from '@jest/globals';
import { withPostgres } from '@liandong/testing';
import pg from 'pg';
import { migrateSchema } from './migrate.ts';

const postgres = withPostgres();

const steps = [
  { version: 1, sql: 'CREATE TABLE exchange.first (n integer)' },
  { version: 2, sql: 'INSERT INTO exchange.first VALUES (1)' },
];

describe('bringing a schema up to date', () => {
  it('does every step once, however many processes start at once', async () => {
    const { urls } = await postgres.tier('431021');
    const client = new pg.Client({ connectionString: urls.exchange });
    await client.connect();
    // Where two creators collide depends on how close they are: ten rounds meet every kind.
    for (let round = 0; round < 10; round += 1) {
      await Promise.all(Array.from({ length: 8 }, () => migrateSchema(urls.exchange, 'exchange', steps)));
      expect((await client.query('SELECT n FROM exchange.first')).rows).toEqual([{ n: 1 }]);
      await client.query('DROP TABLE exchange.migration, exchange.first');
    }
    await client.end();
  });

  it('does nothing of a set whose last step fails', async () => {
    const { urls } = await postgres.tier('431022');
    const broken = [...steps, { version: 3, sql: 'SELECT no_such_column' }];
    await expect(migrateSchema(urls.exchange, 'exchange', broken)).rejects.toThrow('no_such_column');
    await migrateSchema(urls.exchange, 'exchange', steps);
  });
});
