import type { AcquireLedgerLease } from '@liandong/application';
import pg from 'pg';

const lockNotAvailable = '55P03';

/**
 * The lease is a lock on a table, held by an open transaction on a connection of its own: it
 * ends with the process or the connection, whichever goes first. That alone would let a
 * holder write who has not yet heard of its loss, hence the token: raising it waits for
 * what is being written under the last one, and shuts out everything after.
 */
export const ledgerLease =
  (url: string): AcquireLedgerLease =>
  async () => {
    const client = new pg.Client({ connectionString: url, keepAlive: true });
    const lost = new AbortController();
    client.on('error', () => lost.abort());
    client.on('end', () => lost.abort());
    await client.connect();
    try {
      await client.query('SET idle_in_transaction_session_timeout = 0');
      await client.query('BEGIN');
      await client.query('LOCK TABLE ledger.lease IN EXCLUSIVE MODE NOWAIT');
      const fence = await nextFence(url);
      return { fence, lost: lost.signal, release: () => client.end().catch(() => undefined) };
    } catch (error) {
      await client.end().catch(() => undefined);
      if (error instanceof pg.DatabaseError && error.code === lockNotAvailable) return undefined;
      throw error;
    }
  };

/** On another connection: the lock's own transaction never commits, and a number in it would keep clean-up waiting. */
const nextFence = async (url: string): Promise<bigint> => {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<{ token: string }>(
      'UPDATE ledger.fence SET token = token + 1 RETURNING token',
    );
    const [row] = rows;
    if (row === undefined) throw new Error('the ledger has no fence');
    return BigInt(row.token);
  } finally {
    await client.end().catch(() => undefined);
  }
};
