import type { Acknowledgement, DeliveryBook, FinalOutcome, OpenCase, Position } from '@liandong/application';
import type { StreamName, TierCode } from '@liandong/kernel';
import type pg from 'pg';
import { inTransaction } from '../pg/transaction.ts';

type CaseRow = { readonly stream: StreamName; readonly moved: string };
type AcknowledgementRow = { readonly destination: string; readonly digest: string; readonly outcome: string };

/** What the delivery of personal fields remembers, under the exchange's role. */
export const postgresDeliveryBook = (pool: pg.Pool): DeliveryBook => ({
  followed: async () => {
    const { rows } = await pool.query<{ position: string }>('SELECT position FROM exchange.delivery');
    const [row] = rows;
    if (row === undefined) throw new Error('the delivery book lost its place');
    return BigInt(row.position) as Position;
  },

  follow: (through, { withheld, moved }) =>
    inTransaction(pool, async (db) => {
      await db.query('UPDATE exchange.delivery SET position = greatest(position, $1)', [String(through)]);
      const touched = [...new Set([...withheld, ...moved])];
      if (touched.length === 0) return [];
      await db.query(
        `INSERT INTO exchange.withholding (stream, moved, settled)
         SELECT stream, 0, 0 FROM unnest($1::text[]) AS stream ON CONFLICT DO NOTHING`,
        [withheld],
      );
      const { rows } = await db.query<CaseRow>(
        `UPDATE exchange.withholding SET moved = greatest(moved, $2) WHERE stream = ANY ($1::text[])
         RETURNING stream, moved`,
        [touched, String(through)],
      );
      return rows.map(caseOf);
    }),

  open: async (after, limit) => {
    const { rows } = await pool.query<CaseRow>(
      `SELECT stream, moved FROM exchange.withholding WHERE moved > settled AND stream > $1
       ORDER BY stream LIMIT $2`,
      [after ?? '', limit],
    );
    return rows.map(caseOf);
  },

  openCount: async () => {
    const { rows } = await pool.query<{ open: number }>(
      'SELECT count(*)::int AS open FROM exchange.withholding WHERE moved > settled',
    );
    return rows[0]?.open ?? 0;
  },

  settle: async ({ stream, moved }) => {
    await pool.query('UPDATE exchange.withholding SET settled = greatest(settled, $2) WHERE stream = $1', [
      stream,
      String(moved),
    ]);
  },

  acknowledge: async (acknowledgements) => {
    await pool.query(
      `INSERT INTO exchange.disclosed (destination, digest, outcome)
       SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) ON CONFLICT DO NOTHING`,
      [
        acknowledgements.map(({ destination }) => destination),
        acknowledgements.map(({ digest }) => digest),
        acknowledgements.map(({ outcome }) => outcome),
      ],
    );
  },

  acknowledged: async (digests) => {
    const { rows } = await pool.query<AcknowledgementRow>(
      'SELECT destination, digest, outcome FROM exchange.disclosed WHERE digest = ANY ($1::text[])',
      [digests],
    );
    return rows.map(({ destination, digest, outcome }): Acknowledgement => ({
      destination: destination as TierCode,
      digest,
      outcome: outcome as FinalOutcome,
    }));
  },
});

const caseOf = ({ stream, moved }: CaseRow): OpenCase => ({ stream, moved: BigInt(moved) as Position });
