import type { ScrubPlaces } from '@liandong/application';
import { fromHex, toHex } from '@liandong/kernel';
import { joinHashes, splitHashes } from '@liandong/ledger';
import type pg from 'pg';
import { bytesOf, positionOf } from './rows.ts';

/** Where the scrub stands, beside the ledger. */
export const postgresScrubPlaces = (pool: pg.Pool): ScrubPlaces => ({
  load: async () => {
    const { rows } = await pool.query<{ seq: string; position: string; roots: Buffer }>(
      'SELECT seq, position, roots FROM ledger.scrub',
    );
    const [row] = rows;
    return (
      row && {
        seq: Number(row.seq),
        position: positionOf(row.position),
        roots: splitHashes(bytesOf(row.roots)).map(toHex),
      }
    );
  },
  save: async (place) => {
    if (place === undefined) await pool.query('DELETE FROM ledger.scrub');
    else
      await pool.query(save, [
        place.seq,
        String(place.position),
        Buffer.from(joinHashes(place.roots.map(fromHex))),
      ]);
  },
});

const save = `INSERT INTO ledger.scrub (seq, position, roots) VALUES ($1, $2, $3)
  ON CONFLICT (one) DO UPDATE SET seq = excluded.seq, position = excluded.position, roots = excluded.roots`;
