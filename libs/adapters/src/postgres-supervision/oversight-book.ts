import {
  isInstant,
  isPlain,
  type Overseen,
  type OversightBook,
  pageOf,
  placeParts,
  placeText,
} from '@liandong/application';
import type { StreamName } from '@liandong/kernel';
import type pg from 'pg';

type Stored = { readonly row: string };

/** What a superior keeps of the tiers below it, in the schema of its supervision. */
export const postgresOversightBook = (pool: pg.Pool): OversightBook => {
  const rowsWhere = async (condition: string, values: readonly unknown[]): Promise<readonly Overseen[]> => {
    const { rows } = await pool.query<Stored>(`SELECT row FROM supervision.overseen WHERE ${condition}`, [
      ...values,
    ]);
    return rows.map(overseenRow);
  };
  return {
    saveOverseen: async (row) => {
      const { stream, card, matter, state, since } = row;
      await pool.query(
        `INSERT INTO supervision.overseen (stream, card, matter, state, since, row)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (stream) DO UPDATE SET matter = excluded.matter, state = excluded.state,
           since = excluded.since, row = excluded.row`,
        [stream, card, matter, state, since, JSON.stringify(row)],
      );
    },
    forgetOverseen: async (stream) => {
      await pool.query('DELETE FROM supervision.overseen WHERE stream = $1', [stream]);
    },
    overseen: async (stream) => (await rowsWhere('stream = $1', [stream]))[0],
    overseenIn: (matter) => rowsWhere('matter = $1 ORDER BY stream', [matter]),
    overseenOf: (cards) => rowsWhere('card = ANY ($1) ORDER BY stream', [cards]),
    disagreements: async ({ limit, after }) => {
      const place = after === undefined ? [null, null] : placeParts(after, isInstant, isPlain);
      if (place === undefined) return { rows: [] };
      const rows = await rowsWhere(
        `state = 'disagreed' AND ($1::text IS NULL OR (since, stream) < ($1, $2))
         ORDER BY since DESC, stream DESC LIMIT $3`,
        [...place, limit + 1],
      );
      return pageOf(rows, limit, ({ since, stream }) => placeText(since, stream));
    },
    foresee: async ({ matter, due, again }) => {
      await pool.query(
        `INSERT INTO supervision.outlook (matter, due, again) VALUES ($1, $2, $3)
         ON CONFLICT (matter) DO UPDATE SET due = excluded.due, again = excluded.again`,
        [matter, due ?? null, again ?? null],
      );
    },
    toLookAt: async (by, inRealTime, limit) => {
      const { rows } = await pool.query<{ matter: string }>(
        `(SELECT matter FROM supervision.outlook WHERE due <= $1 ORDER BY due LIMIT $3)
         UNION (SELECT matter FROM supervision.outlook WHERE again <= $2 ORDER BY again LIMIT $3)
         LIMIT $3`,
        [by, inRealTime, limit],
      );
      return rows.map(({ matter }) => matter as StreamName);
    },
    lookAtAll: async (at) => {
      await pool.query('UPDATE supervision.outlook SET due = $1', [at]);
    },
  };
};

/** JSON leaves out what is not there. */
const overseenRow = ({ row }: Stored): Overseen => {
  const stored = JSON.parse(row) as Overseen;
  return { ...stored, disagreement: stored.disagreement };
};
