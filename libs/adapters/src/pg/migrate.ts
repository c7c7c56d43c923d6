import pg from 'pg';
import { inTransaction } from './transaction.ts';

/** A step that was released is never edited: a change is a new step. */
export type MigrationStep = { readonly version: number; readonly sql: string };

/**
 * Brings a schema up to date as the role that owns it, all steps or none. May run at every
 * start, by several at once; the steps done are listed in the schema's own table `migration`.
 */
export const migrateSchema = async (
  url: string,
  schema: string,
  steps: readonly MigrationStep[],
): Promise<void> => {
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  pool.on('error', () => undefined);
  const done = `${pg.escapeIdentifier(schema)}.migration`;
  try {
    await listOfSteps(pool, done);
    await inTransaction(pool, async (client) => {
      await client.query(`LOCK TABLE ${done} IN EXCLUSIVE MODE`);
      const { rows } = await client.query<{ version: number }>(`SELECT version FROM ${done}`);
      const applied = new Set(rows.map(({ version }) => version));
      for (const { version, sql } of steps.filter((step) => !applied.has(step.version))) {
        await client.query(sql);
        await client.query(`INSERT INTO ${done} (version) VALUES ($1)`, [version]);
      }
    });
  } finally {
    await pool.end();
  }
};

/** How a second creator of a table is refused: by an index of the catalogue, by the table's type or by the table itself. */
const createdMeanwhile = new Set(['23505', '42710', '42P07']);

/** Two that create the same table at once collide in the catalogue, even with IF NOT EXISTS; the table is there then. */
const listOfSteps = async (pool: pg.Pool, table: string) => {
  try {
    await pool.query(`CREATE TABLE IF NOT EXISTS ${table} (version integer PRIMARY KEY)`);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || !createdMeanwhile.has(error.code ?? '')) throw error;
  }
};
