import type { Arrivals, PendingEvent } from '@liandong/application';
import type pg from 'pg';
import { unlessUnmade } from '../pg/counter-reads.ts';
import { bytesOf, hashOf } from './rows.ts';

type PendingRow = {
  readonly hash: Buffer;
  readonly bytes: Buffer;
  readonly state: PendingEvent['state'];
  readonly reason: string;
  readonly missing: readonly Buffer[];
  readonly since: string;
};

/** What the exchange holds back of a case, for the tier's counter: its role may read this view and nothing else of the links. */
export const postgresArrivals = (pool: pg.Pool): Arrivals => ({
  pendingIn: async (stream, limit) =>
    (await unlessUnmade<PendingRow>(pool, pendingIn, [stream, limit])).map(
      ({ hash, bytes, state, reason, missing, since }) => ({
        ...{ hash: hashOf(hash), bytes: bytesOf(bytes), state, reason, since },
        missing: missing.map(hashOf),
      }),
    ),
});

const pendingIn = `SELECT hash, bytes, state, reason, missing, since FROM exchange.pending
  WHERE stream = $1 ORDER BY since, author, number LIMIT $2`;
