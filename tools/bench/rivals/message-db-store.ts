import type { EventStore, Position, Recorded } from '@liandong/application';
import { decodeEvent, type EventHash, ok, refuse, type Source, type StreamName } from '@liandong/kernel';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { writeMessage } from './message-db.ts';

type MessageRow = {
  readonly stream_name: string;
  readonly type: string;
  readonly position: string;
  readonly global_position: string;
  readonly data: string;
  readonly metadata: string;
};

/**
 * The store's port over message-db, as far as it goes: it keeps JSON, not bytes, and has no
 * place for seals and disclosures. Repeats are found by message id.
 */
export const messageDbStore = (pool: pg.Pool): EventStore => {
  const rows = async (name: string, text: string, values: unknown[]): Promise<readonly Recorded[]> =>
    (await pool.query<MessageRow>({ name, text, values })).rows.map(recordedFrom);

  const readAll: EventStore['readAll'] = (after, limit) => rows('all', everything, [String(after), limit]);

  return {
    append: async (stream, seen, events) => {
      const client = await pool.connect();
      const many = events.length > 1;
      try {
        if (many) await client.query('BEGIN');
        for (const [n, { envelope, bytes, hash }] of events.entries())
          await client.query({
            name: 'write',
            text: writeMessage,
            values: [envelope.id, stream, envelope.type, text(bytes), JSON.stringify({ hash }), seen + n - 1],
          });
        if (many) await client.query('COMMIT');
      } catch (error) {
        if (many) await client.query('ROLLBACK');
        if (!(error instanceof pg.DatabaseError) || !error.message.startsWith('Wrong expected version'))
          throw error;
        return refuse({ code: 'stream-moved-on', stream, revision: seen + 1 });
      } finally {
        client.release();
      }
      return ok(
        events.map(({ envelope, bytes, hash }, n) => ({
          position: 0n as Position,
          stream,
          revision: seen + n + 1,
          source: envelope.source,
          id: envelope.id,
          type: envelope.type,
          hash,
          bytes,
        })),
      );
    },
    read: (stream, after = 0) => rows('stream', oneStream, [stream, after]),
    find: async (_source, id) => (await rows('id', byId, [id]))[0],
    readAll,
    readKinds: () => Promise.reject(new Error('no row of the benchmark reads kinds of streams')),
    follow: async function* (after, { limit, signal }) {
      let position = after;
      while (!signal.aborted) {
        const page = await readAll(position, limit);
        position = page.at(-1)?.position ?? position;
        if (page.length > 0) yield page;
        else await pause(50, undefined, { signal }).catch(() => undefined);
      }
    },
    seals: async (events) => events.map(() => undefined),
    disclosures: async () => [],
  };
};

const oneStream = `SELECT * FROM message_store.get_stream_messages($1, $2, -1)`;
const byId = `SELECT stream_name, type, position, global_position, data::varchar, metadata::varchar
  FROM message_store.messages WHERE id = $1::uuid`;
const everything = `SELECT stream_name, type, position, global_position, data::varchar, metadata::varchar
  FROM message_store.messages WHERE global_position > $1 ORDER BY global_position LIMIT $2`;

const text = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();

const recordedFrom = (row: MessageRow): Recorded => {
  const bytes = Buffer.from(row.data);
  const { source, id } = decodeEvent(bytes);
  return {
    position: BigInt(row.global_position) as Position,
    stream: row.stream_name as StreamName,
    revision: Number(row.position) + 1,
    source: source satisfies Source,
    id,
    type: row.type,
    hash: (JSON.parse(row.metadata) as { readonly hash: EventHash }).hash,
    bytes,
  };
};
