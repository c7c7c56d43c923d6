import type { EventStore, Position, Recorded, Sealer } from '@liandong/application';
import { type CommitSeal, type EventHash, ok, type ServiceName } from '@liandong/kernel';
import pg from 'pg';
import { follow, kindsPage } from '../../following/index.ts';
import { int8Array } from './arrays.ts';
import { kindsAfter } from './few-kinds.ts';
import { heldDisclosures } from './disclosures.ts';
import { type BatchLimits, type Call, groupCommit, identityOf } from './group-commit.ts';
import { judge } from './judge.ts';
import { listener } from './listener.ts';
import { recordedColumns, recordedFrom, type RecordedRow, textRows } from './rows.ts';
import { sourceNumbers } from './sources.ts';
import { recordsOf, writeBatch } from './write-batch.ts';

export type PostgresEventStoreOptions = {
  /**
   * Connections as a role of the tier; see `openPool`. At least two, since one is taken for as long
   * as somebody follows: end the followers before the pool.
   */
  readonly pool: pg.Pool;
  /** Seals what this service writes. A service that only reads has none. */
  readonly seal?: Sealer;
  /** How often a follower looks for itself. */
  readonly rereadMilliseconds?: number;
  readonly batch?: BatchLimits;
};

/** A tier's event store in PostgreSQL. Calls of `append` that overlap share one commit. */
export const postgresEventStore = ({
  pool,
  seal,
  rereadMilliseconds = 5_000,
  batch: limits = { events: 2_000, bytes: 8 << 20 },
}: PostgresEventStoreOptions): EventStore => {
  const sources = sourceNumbers(pool);
  const followers = listener(pool);

  const commit = async (batch: readonly Call[]): Promise<void> => {
    try {
      await settle(batch);
    } catch (error) {
      // One call's bad content must not fail the calls beside it.
      if (batch.length > 1 && isOfContent(error)) for (const call of batch) await commit([call]);
      else for (const call of batch) call.reject(error);
    }
  };

  const settle = async (batch: readonly Call[]): Promise<void> => {
    const events = batch.flatMap((call) => call.events);
    const numbers = await sources.numbers(events.map(({ envelope }) => envelope.source));
    for (let fitting = batch; fitting.length > 0;) {
      const tell = followers.due();
      const first = await writeBatch(pool, seal ?? unsealed, numbers, fitting, tell);
      if (first !== undefined) {
        const records = recordsOf(fitting, first);
        for (const [n, call] of fitting.entries()) call.resolve(ok(records[n] ?? []));
        followers.written(tell);
        return;
      }
      const verdicts = await judge(pool, numbers, fitting);
      fitting = fitting.filter((call, n) => {
        const verdict = verdicts[n] ?? 'fits';
        if (verdict !== 'fits') call.resolve(verdict);
        return verdict === 'fits';
      });
    }
  };

  const enqueue = groupCommit(commit, limits);

  const recorded = async (rows: readonly RecordedRow[]): Promise<readonly Recorded[]> => {
    const names = await sources.names(rows.map(([, , no]) => no));
    return rows.map((row) => {
      const source = names.get(row[2]);
      if (source === undefined) throw new Error(`no source is numbered ${row[2]}`);
      return recordedFrom(row, source);
    });
  };

  const readAll: EventStore['readAll'] = async (after, limit) =>
    recorded(await textRows(pool, allAfter, [String(after), limit]));

  const lastPosition = async (): Promise<Position> => {
    const [[position = '0'] = []] = await textRows<readonly [string]>(pool, lastEvent, []);
    return BigInt(position) as Position;
  };

  const readKinds: EventStore['readKinds'] = (after, limit, kinds) =>
    kindsPage(after, limit, lastPosition, async () => {
      const names = kinds.map((kind) => `${kind}-`);
      return recorded(await textRows(pool, kindsAfter(kinds), [String(after), limit, names]));
    });

  return {
    append: (stream, seen, events) =>
      new Promise((resolve, reject) => {
        if (events.length === 0) return resolve(ok([]));
        if (events.length > 1 && new Set(events.map(identityOf)).size < events.length)
          return reject(new RangeError('one call holds one identity twice'));
        enqueue({ stream, seen, events, resolve, reject });
      }),

    read: async (stream, after = 0) => recorded(await textRows(pool, streamAfter, [stream, after])),

    find: async (source, id) => (await recorded(await textRows(pool, byIdentity, [source, id])))[0],

    readAll,

    readKinds,

    follow: (after, { limit, signal }) =>
      follow(readAll, followers, after, {
        ...{ limit, signal, rereadMilliseconds, mayPass },
        closed: () => pool.ending,
      }),

    seals: async (events) => {
      const rows = await textRows<SealRow>(pool, sealsOfEvents, [
        int8Array(events.map(({ position }) => position)),
      ]);
      const seals = new Map(
        rows.flatMap((row) => {
          const seal = sealFrom(row);
          return row[0].split(',').map((position) => [position, seal] as const);
        }),
      );
      return events.map(({ position }) => seals.get(String(position)));
    },

    disclosures: (digests) => heldDisclosures(pool, digests),
  };
};

const unsealed: Sealer = () => {
  throw new Error('this service has no key to seal events with: its store is for reading');
};

/** A value the database cannot take, or a constraint it breaks; other errors are nobody's call in particular. */
const isOfContent = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && ['22', '23'].includes(error.code?.slice(0, 2) ?? '');

/** Errors that reading again will meet again: bad login, no such database, a statement that is wrong or forbidden. */
const lastingErrors = ['22', '28', '3D', '3F', '42'];

const mayPass = (error: unknown): boolean =>
  !(error instanceof pg.DatabaseError && lastingErrors.includes(error.code?.slice(0, 2) ?? ''));

const allAfter = {
  name: 'store-all',
  text: `SELECT ${recordedColumns} FROM store.event e WHERE e.position > $1 ORDER BY e.position LIMIT $2`,
};

const lastEvent = {
  name: 'store-last',
  text: 'SELECT coalesce(max(e.position), 0) FROM store.event e',
};

/** By position within a stream too: positions rise with revisions, and the table is ordered by them. */
const streamAfter = {
  name: 'store-stream',
  text: `SELECT ${recordedColumns} FROM store.event e WHERE e.position = ANY (ARRAY(
      SELECT k.position FROM store.key k WHERE k.stream = $1 AND k.revision > $2))
    ORDER BY e.position`,
};

const byIdentity = {
  name: 'store-identity',
  text: `SELECT ${recordedColumns} FROM store.event e WHERE e.position = (
      SELECT k.position FROM store.key k
      WHERE k.source = (SELECT s.no FROM store.source s WHERE s.source = $1) AND k.id = $2)`,
};

/** Each seal once, with the positions of those of the events that are under it. */
const sealsOfEvents = {
  name: 'store-seals',
  text: `SELECT string_agg(e.position::text, ','), s.service, s.key_id,
      encode(s.leaves, 'hex'), encode(s.signature, 'hex')
    FROM store.event e JOIN store.seal s ON s.no = e.seal
    WHERE e.position = ANY ($1::bigint[]) GROUP BY s.no`,
};

type SealRow = readonly [
  positions: string,
  service: string,
  keyId: string,
  leaves: string,
  signature: string,
];

const sealFrom = ([, service, keyId, leaves, signature]: SealRow): CommitSeal => ({
  service: service as ServiceName,
  keyId,
  leaves: (leaves.match(/.{64}/g) ?? []) as readonly string[] as readonly EventHash[],
  signature: Buffer.from(signature, 'hex'),
});
