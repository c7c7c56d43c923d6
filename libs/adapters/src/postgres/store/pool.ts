import pg from 'pg';

/**
 * Connections of one service to its tier's database. A connection that breaks while nobody
 * uses it is replaced silently; one that breaks in use fails that use and nothing else.
 */
export const openPool = (url: string, { max = 4 }: { readonly max?: number } = {}): pg.Pool => {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    connectionTimeoutMillis: 30_000,
    idleTimeoutMillis: 60_000,
  });
  // Without these listeners a broken connection would end the process.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
};
