import type { HeldEntry, LinkBook } from '@liandong/application';
import type { TierCode } from '@liandong/kernel';
import type pg from 'pg';
import { dropSeals, hashBytes, type HeldRow, heldOf, keepSeals, type Runs } from './rows.ts';

const heldColumns = 'h.*, s.signature, s.service, s.key_id, s.leaves';
const fromHeld = 'FROM exchange.held h JOIN exchange.seal s ON s.signature = h.seal';

type HeldMethods = 'held' | 'heldAt' | 'waitingFor' | 'heldCounts' | 'hold' | 'release';

/** Entries that were received and are not in the store. */
export const heldEntries = (
  pool: pg.Pool,
  withSeals: (work: (client: pg.PoolClient) => Promise<void>) => Promise<void>,
): Pick<LinkBook, HeldMethods> => ({
  held: async (state, limit, after) => {
    const { rows } = await pool.query<HeldRow>(
      `SELECT ${heldColumns} ${fromHeld}
       WHERE h.state = $1 AND ($3::text IS NULL OR (h.since, h.author, h.number) > ($3, $4, $5::bigint))
       ORDER BY h.since, h.author, h.number LIMIT $2`,
      [state, limit, after?.since ?? null, after?.author ?? null, after?.number ?? null],
    );
    return rows.map(heldOf);
  },

  heldAt: async (author, number) => {
    const { rows } = await pool.query<HeldRow>(
      `SELECT ${heldColumns} ${fromHeld} WHERE h.author = $1 AND h.number = $2`,
      [author, number],
    );
    return rows.map(heldOf)[0];
  },

  waitingFor: async (hashes) => {
    const { rows } = await pool.query<HeldRow>(
      `SELECT ${heldColumns} ${fromHeld} WHERE h.state = 'waiting' AND h.missing && $1::bytea[]
       ORDER BY h.since, h.number`,
      [hashes.map(hashBytes)],
    );
    return rows.map(heldOf);
  },

  heldCounts: async () => {
    const { rows } = await pool.query<{ author: TierCode; waiting: string; parked: string }>(
      `SELECT author, count(*) FILTER (WHERE state = 'waiting') AS waiting,
         count(*) FILTER (WHERE state = 'parked') AS parked
       FROM exchange.held GROUP BY author`,
    );
    return rows.map(({ author, waiting, parked }) => ({
      author,
      waiting: Number(waiting),
      parked: Number(parked),
    }));
  },

  hold: (entry) =>
    withSeals(async (db) => {
      await keepSeals(db, [entry.seal]);
      await putHeld(db, entry);
    }),

  release: (author, number) =>
    withSeals(async (db) => {
      const { rows } = await db.query<{ seal: Buffer }>(
        'DELETE FROM exchange.held WHERE author = $1 AND number = $2 RETURNING seal',
        [author, number],
      );
      await dropSeals(
        db,
        rows.map(({ seal }) => seal),
      );
    }),
});

export const putHeld = async (db: Runs, entry: HeldEntry) => {
  await db.query(
    `INSERT INTO exchange.held
       (author, number, state, reason, stream, type, since, attempts, seq, hash, seal, bytes, missing)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
     ON CONFLICT (author, number) DO UPDATE
       SET state = $3, reason = $4, stream = $5, type = $6, attempts = $8, missing = $13`,
    [
      entry.author,
      entry.number,
      entry.state,
      entry.reason,
      entry.stream ?? null,
      entry.type ?? null,
      entry.since,
      entry.attempts,
      entry.seq,
      hashBytes(entry.hash),
      Buffer.from(entry.seal.signature),
      Buffer.from(entry.bytes),
      entry.missing.map(hashBytes),
    ],
  );
};
