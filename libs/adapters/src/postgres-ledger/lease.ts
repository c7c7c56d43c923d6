import type { AcquireLedgerLease } from '@liandong/application';
import pg from 'pg';
import { tableLease } from '../pg/table-lease.ts';

/**
 * The lock alone would let a holder write who has not yet heard of its loss, hence the
 * token: raising it waits for what is being written under the last one, and shuts out
 * everything after.
 */
export const ledgerLease =
  (url: string): AcquireLedgerLease =>
  async () => {
    const lease = await tableLease(url, 'ledger.lease', () => nextFence(url));
    return lease && { fence: lease.made, lost: lease.lost, release: lease.release };
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
