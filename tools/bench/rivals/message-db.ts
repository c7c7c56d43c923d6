import type { PostgresServer } from '@liandong/adapters/postgres';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import pg from 'pg';
import { closedLoop } from '../support/closed-loop.ts';
import { type Job, jobsFor } from '../support/events.ts';
import { freshDatabase } from '../support/plain.ts';

export type MessageDb = {
  readonly pool: pg.Pool;
  readonly connections: number;
  /** Appends with the expected version; several events in one transaction. */
  readonly append: (job: Job, category?: string) => Promise<void>;
  readonly assertGrewBy: (events: number) => Promise<void>;
  readonly close: () => Promise<void>;
};

const files = [
  'schema/message-store.sql',
  'extensions/pgcrypto.sql',
  'tables/messages.sql',
  'types/message.sql',
  ...['message-store-version', 'hash-64', 'acquire-lock', 'category', 'is-category', 'id', 'cardinal-id'].map(
    (name) => `functions/${name}.sql`,
  ),
  ...['stream-version', 'write-message', 'get-stream-messages', 'get-category-messages'].map(
    (name) => `functions/${name}.sql`,
  ),
  'functions/get-last-stream-message.sql',
  ...['id', 'stream', 'category'].map((name) => `indexes/messages-${name}.sql`),
];

/** The rival installed as its own scripts do it, in a fresh database of the same server. */
export const installMessageDb = async (server: PostgresServer, database: string): Promise<string> => {
  const client = await freshDatabase(server, database);
  try {
    await client.query(`ALTER DATABASE ${database} SET search_path TO message_store, public`);
    await client.query('SET search_path TO message_store, public');
    const root = path.dirname(createRequire(import.meta.url).resolve('@eventide/message-db/package.json'));
    for (const file of files) await client.query(readFileSync(path.join(root, 'database', file), 'utf8'));
  } finally {
    await client.end();
  }
  return server.url('postgres', database);
};

/** Connections stay open and statements prepared: nothing is paid twice. */
export const openMessageDb = async (url: string, connections: number): Promise<MessageDb> => {
  const pool = new pg.Pool({ connectionString: url, max: connections, idleTimeoutMillis: 0 });
  pool.on('error', () => {});
  const clients = await Promise.all(Array.from({ length: connections }, () => pool.connect()));
  for (const client of clients) client.release();
  let known = await countedIn(pool);

  const write = async (client: pg.Pool | pg.PoolClient, job: Job, n: number, category?: string) => {
    const event = job.events[n];
    if (event === undefined) return;
    const stream = category === undefined ? job.stream : job.stream.replace('case-', `${category}-`);
    const { rows } = await client.query<{ at: string }>({
      name: 'write',
      text: writeMessage,
      values: [event.envelope.id, stream, event.envelope.type, textOf(event.bytes), null, job.seen + n - 1],
    });
    if (Number(rows[0]?.at) !== job.seen + n) throw new Error(`written at ${rows[0]?.at} of ${stream}`);
  };

  return {
    pool,
    connections,
    append: async (job, category) => {
      if (job.events.length === 1) return write(pool, job, 0, category);
      const client = await pool.connect();
      try {
        await client.query('BEGIN');
        for (const n of job.events.keys()) await write(client, job, n, category);
        await client.query('COMMIT');
      } finally {
        client.release();
      }
    },
    assertGrewBy: async (events) => {
      const now = await countedIn(pool);
      if (now !== known + events) throw new Error(`message-db grew by ${now - known} events, not ${events}`);
      known = now;
    },
    close: () => pool.end(),
  };
};

export const writeMessage = 'SELECT message_store.write_message($1, $2, $3, $4::jsonb, $5::jsonb, $6) AS at';

const textOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();

const countedIn = async (pool: pg.Pool): Promise<number> => {
  const { rows } = await pool.query<{ n: number }>('SELECT count(*)::int AS n FROM message_store.messages');
  return rows[0]?.n ?? -1;
};

const tried = [4, 8, 16, 32, 64, 128];
const calls = 600;

/** The number of connections at which the rival is fastest for so many concurrent callers. */
export const openMessageDbAtItsBest = async (
  url: string,
  concurrency: number,
  category?: (caller: number) => string,
): Promise<MessageDb> => {
  let best = { connections: 0, rate: 0 };
  for (const connections of tried.filter((n) => n <= concurrency && n >= concurrency / 8)) {
    const db = await openMessageDb(url, connections);
    try {
      const callers = jobsFor(concurrency, Math.ceil(calls / concurrency));
      const rate = calls / (await closedLoop(callers, (job, n) => db.append(job, category?.(n))));
      if (rate > best.rate) best = { connections, rate };
    } finally {
      await db.close();
    }
  }
  return openMessageDb(url, best.connections);
};
