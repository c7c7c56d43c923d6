import type { Feed, LinkBook, Position } from '@liandong/application';
import type { EventHash, StreamName, TierCode } from '@liandong/kernel';
import type pg from 'pg';
import { beginEpoch } from './begin-epoch.ts';
import { entriesOnTheirWay, type ForwardRow, forwardsOf } from './entries-on-their-way.ts';
import { heldEntries, putHeld } from './held-entries.ts';
import { incidentsAndStops, putIncident } from './incidents.ts';
import {
  believedOf,
  type BelievedRow,
  dropHeads,
  dropSeals,
  hashBytes,
  hashOf,
  keepSeals,
  type Runs,
} from './rows.ts';
import { believingAlone, forwarding, type Moving, receiving, relaying } from './statements.ts';
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
    begin: (epochs) =>
      withSeals(async (db) => {
        for (const [tier, epoch] of epochs) await beginEpoch(db, self, tier, epoch);
      }),

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

    relay: async (page) => {
      const steps = [...Map.groupBy(page.numbered, ({ destination }) => destination)].map(
        ([destination, entries]) => stepOf({ author: self, destination }, entries),
      );
      await moves(pool, relaying(self, page, steps), 'the relay or one of its feeds');
    },

    audiences: async (streams) => {
      const { rows } = await pool.query<{ stream: StreamName; tiers: TierCode[] }>(
        `SELECT stream, array_agg(tier ORDER BY tier) AS tiers FROM exchange.audience
       WHERE stream = ANY ($1::text[]) GROUP BY stream`,
        [streams],
      );
      return new Map(rows.map(({ stream, tiers }) => [stream, tiers]));
    },

    ownEvents: async (streams) => {
      const { rows } = await pool.query<{ hash: Buffer; stream: StreamName; position: string; seq: string }>(
        `SELECT hash, stream, position, seq FROM exchange.known
       WHERE stream = ANY ($1::text[]) AND seq IS NOT NULL ORDER BY position`,
        [streams],
      );
      const events = rows.map(({ hash, stream, position, seq }) => ({
        hash: hashOf(hash),
        stream,
        position: BigInt(position) as Position,
        seq: Number(seq),
      }));
      return Map.groupBy(events, ({ stream }) => stream);
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

    acknowledge: (feed, through) => {
      const update = {
        name: 'links-acknowledge',
        text: 'UPDATE exchange.feed SET acked = $3 WHERE author = $1 AND destination = $2 AND acked < $3',
        values: [feed.author, feed.destination, through],
      };
      if (feed.author === self) return pool.query(update).then(() => undefined);
      return withSeals(async (db) => {
        const { rowCount } = await db.query(update);
        if (rowCount === 0) return;
        await letGo(
          db,
          `DELETE FROM exchange.forward WHERE author = $1 AND destination = $2 AND number <= $3
           RETURNING seal, head`,
          [feed.author, feed.destination, through],
        );
      });
    },

    deliver: async (feed, through) => {
      await pool.query(
        'UPDATE exchange.feed SET delivered = $3 WHERE author = $1 AND destination = $2 AND delivered < $3',
        [feed.author, feed.destination, through],
      );
    },

    forward: async (feed, entries, believed) => {
      if (entries.length === 0) return;
      const step = { ...stepOf(feed, entries), digest: '' };
      await inTurn(() => moves(pool, forwarding(step, entries, believed), nameOf(feed)));
    },

    forwarded: async (feed, after, limit) => {
      const { rows } = await pool.query<ForwardRow>(entriesOnTheirWay(feed, after, limit));
      return forwardsOf(rows);
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

    receive: async ({ held, incidents, ...reception }) => {
      const advance = (db: Runs) => moves(db, receiving(reception), nameOf(reception.feed));
      if (held.length + incidents.length === 0) return advance(pool);
      await (held.length > 0 ? withSeals : alone)(async (db) => {
        await advance(db);
        if (held.length > 0)
          await keepSeals(
            db,
            held.map(({ seal }) => seal),
          );
        for (const entry of held) await putHeld(db, entry);
        for (const incident of incidents) await putIncident(db, incident);
      });
    },

    received: async (author, first, last) => {
      const { rows } = await pool.query<{ number: string; hash: Buffer }>(
        'SELECT number, hash FROM exchange.received WHERE author = $1 AND number BETWEEN $2 AND $3',
        [author, first, last],
      );
      return new Map(rows.map(({ number, hash }): [number, EventHash] => [Number(number), hashOf(hash)]));
    },

    receivedFrom: async (author, epoch, from, limit) => {
      const { rows } = await pool.query<{
        number: string;
        seq: string;
        hash: Buffer;
        position: string | null;
      }>(
        `SELECT DISTINCT ON (r.seq, r.hash) r.number, r.seq, r.hash, k.position FROM (
           SELECT r.number, r.seq, r.hash FROM exchange.received r LEFT JOIN exchange.epoch e ON e.tier = r.author
           WHERE r.author = $1 AND coalesce(r.epoch, e.epoch, $2) = $2 AND r.seq >= $3
           UNION ALL
           SELECT coalesce(h.number, 0), l.seq, l.hash FROM exchange.leaf l
           LEFT JOIN exchange.held h ON h.author = l.author AND h.hash = l.hash
           WHERE l.author = $1 AND l.epoch = $2 AND l.seq >= $3) r
         LEFT JOIN exchange.known k ON k.hash = r.hash
         ORDER BY r.seq, r.hash, r.number LIMIT $4`,
        [author, epoch, from, limit],
      );
      return rows.map(({ number, seq, hash, position }) => ({
        number: Number(number),
        seq: Number(seq),
        hash: hashOf(hash),
        position: position === null ? undefined : (BigInt(position) as Position),
      }));
    },

    leavesOf: async (author, hashes) => {
      const { rows } = await pool.query<{ hash: Buffer; seq: string }>(
        `SELECT hash, seq FROM exchange.received
         WHERE author = $1 AND hash = ANY ($2::bytea[]) AND seq IS NOT NULL
         UNION SELECT hash, seq FROM exchange.leaf WHERE author = $1 AND hash = ANY ($2::bytea[])`,
        [author, hashes.map(hashBytes)],
      );
      return new Map(rows.map(({ hash, seq }) => [hashOf(hash), Number(seq)]));
    },

    believe: async (head) => {
      await pool.query(believingAlone(head));
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

/** How far these entries bring their feed; throws where they leave a gap. */
const stepOf = (
  feed: Feed,
  entries: readonly { readonly number: number; readonly digest?: string | undefined }[],
) => {
  const first = entries[0]?.number ?? 1;
  if (entries.some(({ number }, n) => number !== first + n))
    throw new Error(`the numbers of ${nameOf(feed)} leave a gap`);
  const after = first - 1;
  return { feed, after, through: after + entries.length, digest: entries.at(-1)?.digest ?? '' };
};

const nameOf = ({ author, destination }: Feed): string => `the feed ${author}>${destination}`;

/** Runs the statement, or throws: somebody else has moved what it starts from. */
const moves = async (db: Runs, statement: Moving, what: string): Promise<void> => {
  const { rows } = await db.query<{ moved: number }>(statement);
  if (rows[0]?.moved !== 1) throw new Error(`${what} has moved on`);
};
