import {
  type Failure,
  type HandlerName,
  isInstant,
  isPlain,
  pageOf,
  type ParkedStream,
  type Parking,
  placeParts,
  placeText,
  type Position,
  type Waiting,
} from '@liandong/application';
import type { StreamName } from '@liandong/kernel';
import type { DataSource, EntityManager } from 'typeorm';

type Db = Pick<EntityManager, 'query'>;

/** Parked streams beside the views, in the database of the same service. */
export const postgresParking = (source: DataSource): Parking => ({
  park: (handler, failure) => parkIn(source.manager, handler, [failure]),
  hold: (handler, waiting) => holdIn(source.manager, handler, waiting),

  parkedStreams: async (handler) => {
    const rows = await source.query<readonly { stream: StreamName }[]>(
      'SELECT stream FROM parked WHERE handler = $1',
      [handler],
    );
    return new Set(rows.map(({ stream }) => stream));
  },

  list: async ({ handler, stream }, { limit, after }) => {
    const place = after === undefined ? [] : placeParts(after, isInstant, isPlain, isPlain);
    if (place === undefined) return { rows: [] };
    const rows = await source.query<readonly ParkedRow[]>(
      `SELECT * FROM parked
       WHERE ($1::text IS NULL OR handler = $1) AND ($2::text IS NULL OR stream = $2)
         AND ($3::timestamptz IS NULL OR (tried_at, handler, stream) > ($3, $4::text, $5::text))
       ORDER BY tried_at, handler, stream LIMIT $6`,
      [handler, stream, place[0], place[1], place[2], limit + 1],
    );
    return pageOf(rows.map(parkedStream), limit, (row) => placeText(row.triedAt, row.handler, row.stream));
  },

  keep: async (handler, stream, reason, at) => {
    await source.query(
      `UPDATE parked SET reason = $3, tried_at = $4, attempts = attempts + 1
       WHERE handler = $1 AND stream = $2`,
      [handler, stream, reason, at],
    );
  },

  release: (handler, stream, through) => releaseIn(source.manager, handler, { stream, through }),
});

export const parkIn = async (db: Db, handler: HandlerName, failures: readonly Failure[]): Promise<void> => {
  if (failures.length === 0) return;
  await db.query(
    `INSERT INTO parked AS known (handler, stream, reason, since, tried_at, attempts, through)
     SELECT $1, stream, reason, at, at, 1, through
     FROM unnest($2::text[], $3::text[], $4::timestamptz[], $5::bigint[]) AS failed (stream, reason, at, through)
     ON CONFLICT (handler, stream) DO UPDATE
     SET reason = EXCLUDED.reason, tried_at = EXCLUDED.tried_at, attempts = known.attempts + 1,
       through = greatest(known.through, EXCLUDED.through)`,
    [
      handler,
      failures.map(({ stream }) => stream),
      failures.map(({ reason }) => reason),
      failures.map(({ at }) => at),
      failures.map(({ through }) => String(through)),
    ],
  );
};

export const holdIn = async (
  db: Db,
  handler: HandlerName,
  waiting: readonly Waiting[],
): Promise<ReadonlySet<StreamName>> => {
  if (waiting.length === 0) return new Set();
  const [rows] = await db.query<[readonly { stream: StreamName }[], number]>(
    `UPDATE parked SET through = greatest(parked.through, later.through)
     FROM unnest($2::text[], $3::bigint[]) AS later (stream, through)
     WHERE parked.handler = $1 AND parked.stream = later.stream
     RETURNING parked.stream`,
    [handler, waiting.map(({ stream }) => stream), waiting.map(({ through }) => String(through))],
  );
  return new Set(rows.map(({ stream }) => stream));
};

/** Whether every one of these streams is parked. */
export const areParked = async (
  db: Db,
  handler: HandlerName,
  waiting: readonly Waiting[],
): Promise<boolean> => {
  if (waiting.length === 0) return true;
  const [found] = await db.query<readonly { count: number }[]>(
    'SELECT count(*)::integer AS count FROM parked WHERE handler = $1 AND stream = ANY ($2)',
    [handler, waiting.map(({ stream }) => stream)],
  );
  return found?.count === waiting.length;
};

export const releaseIn = async (
  db: Db,
  handler: HandlerName,
  { stream, through }: Waiting,
): Promise<boolean> => {
  const [, released] = await db.query<[unknown, number]>(
    'DELETE FROM parked WHERE handler = $1 AND stream = $2 AND through = $3',
    [handler, stream, String(through)],
  );
  return released === 1;
};

type ParkedRow = {
  readonly handler: HandlerName;
  readonly stream: StreamName;
  readonly reason: string;
  readonly since: Date;
  readonly tried_at: Date;
  readonly attempts: number;
  readonly through: string;
};

const parkedStream = ({ since, tried_at, through, ...row }: ParkedRow): ParkedStream => ({
  ...row,
  since: since.toISOString(),
  triedAt: tried_at.toISOString(),
  through: BigInt(through) as Position,
});
