import pg from 'pg';

export type TableLease = { readonly lost: AbortSignal; readonly release: () => Promise<void> };

const lockNotAvailable = '55P03';

/**
 * A lease is a lock on a table, held by an open transaction on a connection of its own: it
 * ends with the process or the connection, whichever goes first, and takes no transaction
 * number, so that clean-up goes on meanwhile. `undefined` while another holds it. What
 * `beforeUse` makes under the lock comes with the lease; if it fails, the lock is let go.
 */
export const tableLease = async <Made>(
  url: string,
  table: string,
  beforeUse: () => Promise<Made>,
): Promise<(TableLease & { readonly made: Made }) | undefined> => {
  const client = new pg.Client({ connectionString: url, keepAlive: true });
  const lost = new AbortController();
  client.on('error', () => lost.abort());
  client.on('end', () => lost.abort());
  await client.connect();
  try {
    await client.query('SET idle_in_transaction_session_timeout = 0');
    await client.query('BEGIN');
    await client.query(`LOCK TABLE ${table} IN EXCLUSIVE MODE NOWAIT`);
    const made = await beforeUse();
    return { made, lost: lost.signal, release: () => client.end().catch(() => undefined) };
  } catch (error) {
    await client.end().catch(() => undefined);
    if (error instanceof pg.DatabaseError && error.code === lockNotAvailable) return undefined;
    throw error;
  }
};
