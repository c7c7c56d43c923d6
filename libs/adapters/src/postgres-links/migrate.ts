import pg from 'pg';
import { inTransaction } from '../pg/transaction.ts';
import { linkMigrations } from './schema.ts';

/** Brings the exchange's schema up to date. Runs as the exchange's own role; may run at every start, by several at once. */
export const migrateLinks = async (url: string): Promise<void> => {
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  pool.on('error', () => undefined);
  try {
    await ledgerOfSteps(pool);
    await inTransaction(pool, async (client) => {
      await client.query('LOCK TABLE exchange.migration IN EXCLUSIVE MODE');
      const { rows } = await client.query<{ version: number }>('SELECT version FROM exchange.migration');
      const done = new Set(rows.map(({ version }) => version));
      for (const { version, sql } of linkMigrations.filter((step) => !done.has(step.version))) {
        await client.query(sql);
        await client.query('INSERT INTO exchange.migration (version) VALUES ($1)', [version]);
      }
    });
  } finally {
    await pool.end();
  }
};

const uniqueViolation = '23505';

/** Two that create the same table at once collide in the catalogue, even with IF NOT EXISTS; the table is there then. */
const ledgerOfSteps = async (pool: pg.Pool) => {
  try {
    await pool.query('CREATE TABLE IF NOT EXISTS exchange.migration (version integer PRIMARY KEY)');
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== uniqueViolation) throw error;
  }
};
