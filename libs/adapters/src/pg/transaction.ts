import type pg from 'pg';

/** All or nothing. A connection whose transaction did not end cleanly is not used again. */
export const inTransaction = async <Value>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Value>,
): Promise<Value> => {
  const client = await pool.connect();
  const lost = () => undefined;
  client.on('error', lost);
  let broken = true;
  try {
    await client.query('BEGIN');
    try {
      const value = await work(client);
      await client.query('COMMIT');
      broken = false;
      return value;
    } catch (error) {
      await client.query('ROLLBACK');
      broken = false;
      throw error;
    }
  } finally {
    client.off('error', lost);
    client.release(broken);
  }
};
