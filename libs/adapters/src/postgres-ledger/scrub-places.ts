import type { ScrubPlaces } from '@liandong/application';
import { fromHex, toHex } from '@liandong/kernel';
import { joinHashes, splitHashes } from '@liandong/ledger';
import type pg from 'pg';
import { bytesOf, positionOf } from './rows.ts';

/** Where the scrub of one epoch's ledger stands, beside it. */
export const postgresScrubPlaces = (pool: pg.Pool, epoch: number): ScrubPlaces => ({
  load: async () => {
    const { rows } = await pool.query<{ seq: string; position: string; roots: Buffer }>(
      'SELECT seq, position, roots FROM ledger.scrub WHERE epoch = $1',
      [epoch],
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
    if (place === undefined) await pool.query('DELETE FROM ledger.scrub WHERE epoch = $1', [epoch]);
    else
      await pool.query(save, [
        epoch,
        place.seq,
        String(place.position),
        Buffer.from(joinHashes(place.roots.map(fromHex))),
      ]);
  },
});

const save = `INSERT INTO ledger.scrub (epoch, seq, position, roots) VALUES ($1, $2, $3, $4)
  ON CONFLICT (epoch) DO UPDATE SET seq = excluded.seq, position = excluded.position, roots = excluded.roots`;
