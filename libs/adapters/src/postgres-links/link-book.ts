import type { Feed, LinkBook, Position } from '@liandong/application';
import type { EventHash, StreamName, TierCode } from '@liandong/kernel';
import type pg from 'pg';
import { heldEntries, putHeld } from './held-entries.ts';
import { incidentsAndStops, putIncident } from './incidents.ts';
import {
  believe,
  believedOf,
  type BelievedRow,
  dropHeads,
  dropSeals,
  forwardOf,
  type ForwardRow,
  hashBytes,
  hashOf,
  keepHeads,
  keepSeals,
  pathBytes,
  type Runs,
} from './rows.ts';
import { inTransaction } from '../pg/transaction.ts';

type FeedRow = {
  author: string;
  destination: string;
  head: string;
  digest: string;
  acked: string;
  delivered: string;
};

/** The link book of the tier `self` in its database. The pool connects as the exchange's role. */
export const postgresLinkBook = (pool: pg.Pool, self: TierCode): LinkBook => {
  const inTurn = oneAfterAnother();
  /** For transactions that refer to shared seals or let go of them: side by side they could miss each other. */
  const withSeals = (work: (client: pg.PoolClient) => Promise<void>) =>
    inTurn(() => inTransaction(pool, work));

  const alone = (work: (client: pg.PoolClient) => Promise<void>) => inTransaction(pool, work);

  return {
    feeds: async () => {
      const { rows } = await pool.query<FeedRow>('SELECT * FROM exchange.feed');
      return rows.map(({ author, destination, head, digest, acked, delivered }) => ({
        author: author as TierCode,
        destination: destination as TierCode,
        head: Number(head),
        digest,
        acked: Number(acked),
        delivered: Number(delivered),
      }));
    },

    relayed: async () => {
      const { rows } = await pool.query<{ position: string; seq: string }>('SELECT * FROM exchange.relay');
      const [row] = rows;
      if (row === undefined) throw new Error('the link book lost the place of its relay');
      return { position: BigInt(row.position) as Position, seq: Number(row.seq) };
    },

    relay: ({ after, through, known, audience, numbered }) =>
      inTransaction(pool, async (db) => {
        const moved = await db.query(
          'UPDATE exchange.relay SET position = $1, seq = $2 WHERE position = $3 AND seq = $4',
          [String(through.position), through.seq, String(after.position), after.seq],
        );
        if (moved.rowCount !== 1) throw new Error('the relay has moved on');
        await db.query(
          `INSERT INTO exchange.known (hash, stream, position, seq)
         SELECT * FROM unnest($1::bytea[], $2::text[], $3::bigint[], $4::bigint[])
         ON CONFLICT (hash) DO UPDATE SET seq = excluded.seq
         WHERE exchange.known.seq IS NULL AND excluded.seq IS NOT NULL`,
          [
            known.map(({ hash }) => hashBytes(hash)),
            known.map(({ stream }) => stream),
            known.map(({ position }) => String(position)),
            known.map(({ seq }) => seq ?? null),
          ],
        );
        await db.query(
          `INSERT INTO exchange.audience (stream, tier) SELECT * FROM unnest($1::text[], $2::text[])
         ON CONFLICT DO NOTHING`,
          [audience.map(({ stream }) => stream), audience.map(({ tier }) => tier)],
        );
        for (const [destination, entries] of Map.groupBy(numbered, (entry) => entry.destination)) {
          const [first, last] = [entries[0], entries.at(-1)];
          if (first === undefined || last === undefined) continue;
          if (entries.some(({ number }, n) => number !== first.number + n))
            throw new Error(`the numbers to ${destination} leave a gap`);
          await advance(db, { author: self, destination }, first.number - 1, last.number, last.digest);
        }
        await db.query(
          `INSERT INTO exchange.numbered (destination, number, position, seq, digest)
         SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[])`,
          [
            numbered.map(({ destination }) => destination),
            numbered.map(({ number }) => number),
            numbered.map(({ position }) => String(position)),
            numbered.map(({ seq }) => seq),
            numbered.map(({ digest }) => digest),
          ],
        );
      }),

    audiences: async (streams) => {
      const { rows } = await pool.query<{ stream: StreamName; tiers: TierCode[] }>(
        `SELECT stream, array_agg(tier ORDER BY tier) AS tiers FROM exchange.audience
       WHERE stream = ANY ($1::text[]) GROUP BY stream`,
        [streams],
      );
      return new Map(rows.map(({ stream, tiers }) => [stream, tiers]));
    },

    ownEvents: async (stream) => {
      const { rows } = await pool.query<{ hash: Buffer; position: string; seq: string }>(
        `SELECT hash, position, seq FROM exchange.known WHERE stream = $1 AND seq IS NOT NULL ORDER BY position`,
        [stream],
      );
      return rows.map(({ hash, position, seq }) => ({
        hash: hashOf(hash),
        stream,
        position: BigInt(position) as Position,
        seq: Number(seq),
      }));
    },

    streamsOf: async (hashes) => {
      const { rows } = await pool.query<{ hash: Buffer; stream: StreamName }>(
        'SELECT hash, stream FROM exchange.known WHERE hash = ANY ($1::bytea[])',
        [hashes.map(hashBytes)],
      );
      return new Map(rows.map(({ hash, stream }) => [hashOf(hash), stream]));
    },

    numbered: async (destination, after, limit) => {
      const { rows } = await pool.query<{ number: string; position: string; seq: string; digest: string }>(
        `SELECT number, position, seq, digest FROM exchange.numbered
       WHERE destination = $1 AND number > $2 ORDER BY number LIMIT $3`,
        [destination, after, limit],
      );
      return rows.map(({ number, position, seq, digest }) => ({
        destination,
        number: Number(number),
        position: BigInt(position) as Position,
        seq: Number(seq),
        digest,
      }));
    },

    acknowledge: (feed, through) =>
      withSeals(async (db) => {
        const { rowCount } = await db.query(
          'UPDATE exchange.feed SET acked = $3 WHERE author = $1 AND destination = $2 AND acked < $3',
          [feed.author, feed.destination, through],
        );
        if (rowCount === 0 || feed.author === self) return;
        await letGo(
          db,
          `DELETE FROM exchange.forward WHERE author = $1 AND destination = $2 AND number <= $3
           RETURNING seal, head`,
          [feed.author, feed.destination, through],
        );
      }),

    deliver: async (feed, through) => {
      await pool.query(
        'UPDATE exchange.feed SET delivered = $3 WHERE author = $1 AND destination = $2 AND delivered < $3',
        [feed.author, feed.destination, through],
      );
    },

    forward: (feed, entries, believed) =>
      withSeals(async (db) => {
        const [first] = entries;
        if (first === undefined) return;
        if (entries.some(({ number }, n) => number !== first.number + n))
          throw new Error('the entries leave a gap');
        await advance(db, feed, first.number - 1, first.number - 1 + entries.length, '');
        await keepSeals(
          db,
          entries.map(({ seal }) => seal),
        );
        const heads = await keepHeads(
          db,
          entries.map(({ proof }) => proof),
        );
        await db.query(
          `INSERT INTO exchange.forward (author, destination, number, seq, hash, seal, bytes, head, path)
         SELECT $1, $2, * FROM unnest($3::bigint[], $4::bigint[], $5::bytea[], $6::bytea[], $7::bytea[],
           $8::bytea[], $9::bytea[])`,
          [
            feed.author,
            feed.destination,
            entries.map(({ number }) => number),
            entries.map(({ seq }) => seq),
            entries.map(({ hash }) => hashBytes(hash)),
            entries.map(({ seal }) => Buffer.from(seal.signature)),
            entries.map(({ bytes }) => Buffer.from(bytes)),
            heads,
            entries.map(({ proof }) => pathBytes(proof)),
          ],
        );
        await believe(db, believed);
      }),

    forwarded: async (feed, after, limit) => {
      const { rows } = await pool.query<ForwardRow>(
        `SELECT f.number, f.seq, f.hash, f.bytes, f.path, h.note, s.* FROM exchange.forward f
       JOIN exchange.seal s ON s.signature = f.seal LEFT JOIN exchange.head h ON h.digest = f.head
       WHERE f.author = $1 AND f.destination = $2 AND f.number > $3 ORDER BY f.number LIMIT $4`,
        [feed.author, feed.destination, after, limit],
      );
      return rows.map(forwardOf);
    },

    rewind: (feed, after) =>
      withSeals(async (db) => {
        await db.query(
          `UPDATE exchange.feed SET head = least(head, $3), acked = least(acked, $3)
         WHERE author = $1 AND destination = $2`,
          [feed.author, feed.destination, after],
        );
        await letGo(
          db,
          `DELETE FROM exchange.forward WHERE author = $1 AND destination = $2 AND number > $3
           RETURNING seal, head`,
          [feed.author, feed.destination, after],
        );
      }),

    receive: ({ feed, after, through, digest, received, held, incidents, believed, marks = [] }) =>
      (held.length > 0 ? withSeals : alone)(async (db) => {
        await advance(db, feed, after, through, digest);
        await db.query(
          `INSERT INTO exchange.received (author, number, hash)
         SELECT $1, * FROM unnest($2::bigint[], $3::bytea[])`,
          [feed.author, received.map(({ number }) => number), received.map(({ hash }) => hashBytes(hash))],
        );
        if (held.length > 0)
          await keepSeals(
            db,
            held.map(({ seal }) => seal),
          );
        for (const entry of held) await putHeld(db, entry);
        for (const incident of incidents) await putIncident(db, incident);
        await believe(db, believed);
        if (marks.length > 0)
          await db.query(
            `INSERT INTO exchange.mark (origin, seq, at)
             SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[]) ON CONFLICT DO NOTHING`,
            [marks.map(({ origin }) => origin), marks.map(({ seq }) => seq), marks.map(({ at }) => at)],
          );
      }),

    received: async (author, first, last) => {
      const { rows } = await pool.query<{ number: string; hash: Buffer }>(
        'SELECT number, hash FROM exchange.received WHERE author = $1 AND number BETWEEN $2 AND $3',
        [author, first, last],
      );
      return new Map(rows.map(({ number, hash }): [number, EventHash] => [Number(number), hashOf(hash)]));
    },

    believedHeads: async () => {
      const { rows } = await pool.query<BelievedRow>('SELECT * FROM exchange.believed');
      return rows.map(believedOf);
    },

    marksBefore: async (origin, seqs) => {
      if (seqs.length === 0) return [];
      const { rows } = await pool.query<{ seq: string | null; at: string | null }>(
        `SELECT m.seq, m.at FROM unnest($2::bigint[]) WITH ORDINALITY AS asked (seq, n)
         LEFT JOIN LATERAL (SELECT seq, at FROM exchange.mark
           WHERE origin = $1 AND mark.seq < asked.seq ORDER BY mark.seq DESC LIMIT 1) m ON true
         ORDER BY asked.n`,
        [origin, seqs],
      );
      return rows.map(({ seq, at }) =>
        seq === null || at === null ? undefined : { origin, seq: Number(seq), at },
      );
    },

    ...heldEntries(pool, withSeals),
    ...incidentsAndStops(pool),
  };
};

/** Deletes entries on their way, and what only they referred to. */
const letGo = async (db: Runs, deletion: string, values: readonly unknown[]) => {
  const { rows } = await db.query<{ seal: Buffer; head: Buffer | null }>(deletion, [...values]);
  await dropSeals(
    db,
    rows.map(({ seal }) => seal),
  );
  await dropHeads(
    db,
    rows.map(({ head }) => head),
  );
};

const oneAfterAnother = () => {
  let last: Promise<unknown> = Promise.resolve();
  return <Value>(work: () => Promise<Value>): Promise<Value> => {
    const next = last.then(work, work);
    last = next;
    return next;
  };
};

/** Moves a feed's head from exactly where the caller saw it, or throws: somebody else has moved it. */
const advance = async (db: Runs, feed: Feed, after: number, through: number, digest: string) => {
  const { rowCount } = await db.query(
    after === 0
      ? `INSERT INTO exchange.feed (author, destination, head, digest) VALUES ($1, $2, $3, $4)
         ON CONFLICT (author, destination) DO UPDATE SET head = $3, digest = $4
         WHERE exchange.feed.head = $5`
      : `UPDATE exchange.feed SET head = $3, digest = $4
         WHERE author = $1 AND destination = $2 AND head = $5`,
    [feed.author, feed.destination, through, digest, after],
  );
  if (rowCount !== 1) throw new Error(`the feed ${feed.author}>${feed.destination} has moved on`);
};
