import {
  isInstant,
  isPlain,
  type OverviewBook,
  type OverviewRow,
  pageOf,
  placeParts,
  placeText,
} from '@liandong/application';
import { type Tallied, talliedOf } from '@liandong/domain/supervision';
import { canonicalJson, type StreamName } from '@liandong/kernel';
import type pg from 'pg';
import { inTransaction } from '../pg/transaction.ts';

type Stored = { readonly row: string };

/** The overview, in the schema of supervision of the tier's database. */
export const postgresOverviewBook = (pool: pg.Pool): OverviewBook => ({
  put: (stream, rows, due) =>
    inTransaction(pool, async (client) => {
      await client.query(
        `INSERT INTO supervision.overview_stream (stream, due, anew) VALUES ($1, $2, false)
         ON CONFLICT (stream) DO UPDATE SET due = excluded.due, anew = false`,
        [stream, due ?? null],
      );
      const { rows: gone } = await client.query<{ tallied: string }>(
        'DELETE FROM supervision.overview_row WHERE stream = $1 RETURNING tallied',
        [stream],
      );
      const made = rows.map((row) => ({
        row,
        tallied: canonicalJson(talliedOf(row.place, row.counted, row.figures)),
      }));
      await insert(client, made);
      const changes = new Map<string, number>();
      const count = (tallied: string, by: 1 | -1) => changes.set(tallied, (changes.get(tallied) ?? 0) + by);
      for (const { tallied } of gone) count(tallied, -1);
      for (const { tallied } of made) count(tallied, 1);
      await recount(client, changes);
      if (rows.length === 0)
        await client.query('DELETE FROM supervision.overview_stream WHERE stream = $1', [stream]);
    }),
  rowsOf: async (stream) => {
    const { rows } = await pool.query<Stored>(
      'SELECT row FROM supervision.overview_row WHERE stream = $1 ORDER BY key',
      [stream],
    );
    return rows.map(rowOf);
  },
  streamsAbout: async (matter) => {
    const { rows } = await pool.query<{ stream: string }>(
      `SELECT DISTINCT stream FROM supervision.overview_row WHERE matter = $1 AND stream <> $1`,
      [matter],
    );
    return rows.map(({ stream }) => stream as StreamName);
  },
  due: async (by, limit) => {
    const { rows } = await pool.query<{ stream: string; anew: boolean }>(
      'SELECT stream, anew FROM supervision.overview_stream WHERE due <= $1 ORDER BY due, stream LIMIT $2',
      [by, limit],
    );
    return rows.map(({ stream, anew }) => ({ stream: stream as StreamName, anew }));
  },
  makeAnew: async (at, stream) => {
    if (stream === undefined)
      await pool.query('UPDATE supervision.overview_stream SET due = $1, anew = true', [at]);
    else
      await pool.query(
        `INSERT INTO supervision.overview_stream (stream, due, anew) VALUES ($1, $2, true)
         ON CONFLICT (stream) DO UPDATE SET due = excluded.due, anew = true`,
        [stream, at],
      );
  },
  enteredLate: async ({ tier, department, window, staff }, from, to) => {
    const { rows } = await pool.query<Stored>(
      `SELECT row FROM supervision.overview_row
       WHERE kind = 'lateEntry' AND tier = $1 AND department = $2 AND at BETWEEN $3 AND $4
         AND at_window IS NOT DISTINCT FROM $5 AND staff IS NOT DISTINCT FROM $6
       ORDER BY at, key`,
      [tier, department, from, to, window ?? null, staff ?? null],
    );
    return rows.map(rowOf);
  },
  ...overviewReads(pool),
});

/** What is shown of the overview, as these queries see it. */
const overviewReads = (queries: Pick<pg.ClientBase, 'query'>): Pick<OverviewBook, 'tally' | 'rows'> => ({
  tally: async (tiers) => {
    const { rows } = await queries.query<{ tallied: string; count: number }>(
      'SELECT tallied, count FROM supervision.overview_tally WHERE tier = ANY ($1)',
      [tiers],
    );
    return rows.map(({ tallied, count }) => ({ tallied: JSON.parse(tallied) as Tallied, count }));
  },
  rows: async ({ tiers, figure, department, window, staff, item }, { limit, after }) => {
    const place = after === undefined ? [null, null] : placeParts(after, isInstant, isPlain);
    if (place === undefined) return { rows: [] };
    const { rows } = await queries.query<Stored>(
      `SELECT row FROM supervision.overview_row
       WHERE tier = ANY ($1) AND ($2::text IS NULL OR figures @> ARRAY[$2::text])
         AND ($3::text IS NULL OR department = $3) AND ($4::text IS NULL OR at_window = $4)
         AND ($5::text IS NULL OR staff = $5) AND ($6::text IS NULL OR item = $6)
         AND ($7::text IS NULL OR (at, key) < ($7, $8))
       ORDER BY at DESC, key DESC LIMIT $9`,
      [
        tiers,
        ...[figure, department, window, staff, item].map((value) => value ?? null),
        ...[...place, limit + 1],
      ],
    );
    return pageOf(rows.map(rowOf), limit, ({ at, key }) => placeText(at, key));
  },
});

/** Lends the overview as it stands at one moment, to a role that may only read it. */
export const withOverviewAtOnce = <Found>(
  pool: pg.Pool,
  work: (live: Pick<OverviewBook, 'tally' | 'rows'>) => Promise<Found>,
): Promise<Found> =>
  inTransaction(pool, async (client) => {
    await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
    return work(overviewReads(client));
  });

const rowOf = ({ row }: Stored): OverviewRow => JSON.parse(row) as OverviewRow;

type Made = { readonly row: OverviewRow; readonly tallied: string };

const insert = async (client: pg.PoolClient, made: readonly Made[]): Promise<void> => {
  if (made.length === 0) return;
  const column = (of: (one: Made) => string | undefined) => made.map((one) => of(one) ?? null);
  await client.query(
    `INSERT INTO supervision.overview_row
       (key, stream, matter, tier, department, at_window, staff, item, at, kind, figures, tallied, row)
     SELECT key, stream, matter, tier, department, at_window, staff, item, at, kind,
       string_to_array(figures, ' '), tallied, row
     FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
         $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[])
       AS made (key, stream, matter, tier, department, at_window, staff, item, at, kind, figures, tallied, row)`,
    [
      ...[column(({ row }) => row.key), column(({ row }) => row.stream), column(({ row }) => row.matter)],
      ...[column(({ row }) => row.place.tier), column(({ row }) => row.place.department)],
      ...[column(({ row }) => row.place.window), column(({ row }) => row.place.staff)],
      ...[column(({ row }) => row.place.item), column(({ row }) => row.at)],
      ...[column(({ row }) => row.counted.kind), column(({ row }) => row.figures.join(' '))],
      ...[column(({ tallied }) => tallied), column(({ row }) => canonicalJson(row))],
    ],
  );
};

/** In one order, so that two who count the same things wait for each other rather than forever. */
const recount = async (client: pg.PoolClient, changes: ReadonlyMap<string, number>): Promise<void> => {
  const changed = [...changes].filter(([, by]) => by !== 0).toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (changed.length === 0) return;
  const keys = changed.map(([tallied]) => tallied);
  await client.query(
    `INSERT INTO supervision.overview_tally (tallied, tier, count)
     SELECT * FROM unnest($1::text[], $2::text[], $3::integer[])
     ON CONFLICT (tallied) DO UPDATE SET count = overview_tally.count + excluded.count`,
    [keys, keys.map((tallied) => (JSON.parse(tallied) as Tallied).place.tier), changed.map(([, by]) => by)],
  );
  await client.query('DELETE FROM supervision.overview_tally WHERE count = 0 AND tallied = ANY ($1)', [keys]);
};
