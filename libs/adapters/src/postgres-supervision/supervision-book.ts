import {
  type CardRow,
  isInstant,
  isPlain,
  pageOf,
  placeParts,
  placeText,
  type SupervisionBook,
} from '@liandong/application';
import type { Card, Colour } from '@liandong/domain/supervision';
import type { StreamName, TierCode } from '@liandong/kernel';
import type pg from 'pg';
import { migrateSchema } from '../pg/migrate.ts';
import { supervisionMigrations } from './schema.ts';

/** Brings the schema of supervision up to date. Runs as its own role. */
export const migrateSupervision = (url: string): Promise<void> =>
  migrateSchema(url, 'supervision', supervisionMigrations);

type Stored = {
  readonly card: string;
  readonly issuer: string;
  readonly issued: string | null;
  readonly state: string;
};

type Counted = Record<'issuer' | 'department' | 'colour', string> & Record<'issued' | 'standing', number>;

const columns = 'card, issuer, issued, state';

/** What supervision keeps, in its own schema of the tier's database. */
export const postgresSupervisionBook = (pool: pg.Pool): SupervisionBook => ({
  schedule: async ({ matter, due, calendar }) => {
    await pool.query(
      `INSERT INTO supervision.matter (matter, due, calendar) VALUES ($1, $2, $3)
       ON CONFLICT (matter) DO UPDATE SET due = excluded.due, calendar = excluded.calendar`,
      [matter, due ?? null, calendar],
    );
  },
  look: async (matter) => {
    const { rows } = await pool.query<{ due: string | null; calendar: string }>(
      'SELECT due, calendar FROM supervision.matter WHERE matter = $1',
      [matter],
    );
    const [row] = rows;
    return row && { matter, due: row.due ?? undefined, calendar: row.calendar };
  },
  due: async (by, limit) => {
    const { rows } = await pool.query<{ matter: string }>(
      'SELECT matter FROM supervision.matter WHERE due <= $1 ORDER BY due LIMIT $2',
      [by, limit],
    );
    return rows.map(({ matter }) => matter as StreamName);
  },
  lookAgain: async (at) => {
    await pool.query('UPDATE supervision.matter SET due = $1', [at]);
  },

  saveCard: async ({ card, issuer, state, issuedAt }) => {
    const { matter, colour, dueAt, accountable } = state.judgement;
    await pool.query(
      `INSERT INTO supervision.card (card, matter, issuer, department, colour, status, due, issued, state)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
       ON CONFLICT (card) DO UPDATE SET status = excluded.status, issued = excluded.issued, state = excluded.state`,
      [
        ...[card, matter, issuer, accountable.unit.department, colour, state.status, dueAt, issuedAt ?? null],
        JSON.stringify(state),
      ],
    );
  },
  card: async (card) => {
    const { rows } = await pool.query<Stored>(`SELECT ${columns} FROM supervision.card WHERE card = $1`, [
      card,
    ]);
    return rows[0] && cardRow(rows[0]);
  },
  cardsOf: async (matter) => {
    const { rows } = await pool.query<Stored>(`SELECT ${columns} FROM supervision.card WHERE matter = $1`, [
      matter,
    ]);
    return rows.map(cardRow);
  },
  cards: async ({ issuer, department, colour, status, matter }, { limit, after }) => {
    const place = after === undefined ? [] : placeParts(after, isInstant, isPlain);
    if (place === undefined) return { rows: [] };
    const { rows } = await pool.query<Stored>(
      `SELECT ${columns} FROM supervision.card
       WHERE ($1::text IS NULL OR issuer = $1) AND ($2::text IS NULL OR department = $2)
         AND ($3::text IS NULL OR colour = $3) AND ($4::text IS NULL OR status = $4)
         AND ($5::text IS NULL OR matter = $5)
         AND ($6::text IS NULL OR (due, card) < ($6, $7))
       ORDER BY due DESC, card DESC LIMIT $8`,
      [
        ...[issuer, department, colour, status, matter, ...(after === undefined ? [null, null] : place)],
        limit + 1,
      ].map((value) => value ?? null),
    );
    return pageOf(rows.map(cardRow), limit, ({ card, state }) => placeText(state.judgement.dueAt, card));
  },
  counts: async () => {
    const { rows } = await pool.query<Counted>(
      `SELECT issuer, department, colour, count(issued)::integer AS issued,
         (count(*) FILTER (WHERE issued IS NOT NULL AND status IN ('issued', 'appealed')))::integer AS standing
       FROM supervision.card GROUP BY issuer, department, colour
       ORDER BY issuer COLLATE "C", department COLLATE "C", colour COLLATE "C"`,
    );
    return rows.map((row) => ({
      ...row,
      issuer: row.issuer as TierCode,
      colour: row.colour as Colour,
      withdrawn: row.issued - row.standing,
    }));
  },
});

const cardRow = ({ card, issuer, issued, state }: Stored): CardRow => ({
  card: card as StreamName,
  issuer: issuer as TierCode,
  issuedAt: issued ?? undefined,
  state: withTo(JSON.parse(state) as Card),
});

/** JSON leaves out what is not there. */
const withTo = (state: Card): Card => ({ ...state, to: state.to });
