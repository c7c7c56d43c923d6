import type { PostgresServer } from '@liandong/adapters/postgres';
import type { NewEvent } from '@liandong/application';
import pg from 'pg';
import { byteaArray, int4Array, textArray } from './binary.ts';

/** One connection and a bare table: what PostgreSQL itself does for the same bytes, as durable and as unique. */
export type Plain = {
  readonly insertOne: (event: NewEvent, revision: number) => Promise<void>;
  readonly insertMany: (events: readonly NewEvent[], revisions: readonly number[]) => Promise<void>;
  readonly assertGrewBy: (events: number) => Promise<void>;
  readonly close: () => Promise<void>;
};

export const openPlain = async (server: PostgresServer, database: string): Promise<Plain> => {
  const client = await freshDatabase(server, database);
  await client.query(`CREATE TABLE event (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, stream text NOT NULL, revision integer NOT NULL,
    type text NOT NULL, bytes bytea NOT NULL, UNIQUE (stream, revision))`);
  let known = 0;
  return {
    insertOne: async ({ envelope, bytes }, revision) => {
      const values = [envelope.subject, revision, envelope.type, bytes];
      await client.query({
        name: 'one',
        text: 'INSERT INTO event (stream, revision, type, bytes) VALUES ($1, $2, $3, $4)',
        values,
      });
    },
    insertMany: async (events, revisions) => {
      const values = [
        textArray(events.map(({ envelope }) => envelope.subject)),
        int4Array(revisions),
        textArray(events.map(({ envelope }) => envelope.type)),
        byteaArray(events.map(({ bytes }) => bytes)),
      ];
      await client.query({ name: 'many', text: insertMany, values });
    },
    assertGrewBy: async (events) => {
      const { rows } = await client.query<{ n: number }>('SELECT count(*)::int AS n FROM event');
      const now = rows[0]?.n ?? -1;
      if (now !== known + events) throw new Error(`the table grew by ${now - known} events, not ${events}`);
      known = now;
    },
    close: () => client.end(),
  };
};

const insertMany = `INSERT INTO event (stream, revision, type, bytes)
  SELECT * FROM unnest($1::text[], $2::integer[], $3::text[], $4::bytea[])`;

/** A client on a database that was just made, as the superuser. */
export const freshDatabase = async (server: PostgresServer, database: string): Promise<pg.Client> => {
  const admin = new pg.Client({ connectionString: server.url('postgres', 'postgres') });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${database} TEMPLATE template0`);
  await admin.end();
  const client = new pg.Client({ connectionString: server.url('postgres', database) });
  client.on('error', () => {});
  await client.connect();
  return client;
};
