import type { AcquireLease } from '@liandong/application';
import pg from 'pg';

const lockNotAvailable = '55P03';

/**
 * The lease is a lock on a table of the exchange, held by an open transaction on a connection
 * of its own: it ends with the process or the connection, whichever goes first, and takes no
 * transaction number, so that clean-up goes on meanwhile.
 */
export const exchangeLease =
  (url: string): AcquireLease =>
  async () => {
    const client = new pg.Client({ connectionString: url, keepAlive: true });
    const lost = new AbortController();
    client.on('error', () => lost.abort());
    client.on('end', () => lost.abort());
    await client.connect();
    try {
      await client.query('SET idle_in_transaction_session_timeout = 0');
      await client.query('BEGIN');
      await client.query('LOCK TABLE exchange.lease IN EXCLUSIVE MODE NOWAIT');
    } catch (error) {
      await client.end().catch(() => undefined);
      if (error instanceof pg.DatabaseError && error.code === lockNotAvailable) return undefined;
      throw error;
    }
    return { lost: lost.signal, release: () => client.end().catch(() => undefined) };
  };
