import { type EventStore, type Position, type Recorded, start } from '@liandong/application';
import { sourceOf, type TierCode } from '@liandong/kernel';
import {
  type Fault,
  newStream,
  type PostgresProxy,
  postgresProxy,
  testEvent,
  testEvents,
  testSealer,
  withPostgres,
} from '@liandong/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import type { TierDatabase } from '../server/tier-database.ts';
import { postgresCheckpoints } from './checkpoints.ts';
import { postgresEventStore } from './event-store.ts';
import { openPool } from './pool.ts';

const postgres = withPostgres();
const { seal } = testSealer();

let tier: TierDatabase;
let proxy: PostgresProxy;
let shaky: pg.Pool;
let direct: pg.Pool;
let owner: pg.Pool;
let shakyStore: EventStore;
let directStore: EventStore;

beforeAll(async () => {
  tier = await postgres.tier('431000');
  proxy = await postgresProxy(postgres.server.socketDir);
  shaky = openPool(proxy.url(tier.urls.approval));
  direct = openPool(tier.urls.approval);
  owner = openPool(postgres.server.url('postgres', tier.database));
  shakyStore = postgresEventStore({ pool: shaky, seal, rereadMilliseconds: 60_000 });
  directStore = postgresEventStore({ pool: direct, seal });
});
afterAll(async () => {
  for (const pool of [shaky, direct, owner]) await pool.end();
  await proxy.close();
});

const faults: readonly Fault[] = ['request lost', 'answer lost'];

describe.each(faults)('a write that fails with its %s', (fault) => {
  const kept = fault === 'answer lost';

  it.each([
    ['one event', 'store-append-one', 1],
    ['several events', 'store-append', 3],
  ])('may be made again and ends with one copy: %s', async (_, statement, size) => {
    const stream = newStream();
    const events = testEvents(size, { stream });
    const broken = proxy.breakNext(statement, fault);
    await expect(shakyStore.append(stream, 0, events)).rejects.toThrow();
    await broken;
    const left = await directStore.read(stream);
    expect(left).toHaveLength(kept ? size : 0);

    const again = await shakyStore.append(stream, 0, events);
    const stored = await directStore.read(stream);
    expect(again).toEqual({ ok: true, value: stored });
    expect(stored.map(({ hash }) => hash)).toEqual(events.map(({ hash }) => hash));
    if (kept) expect(stored).toEqual(left);
    expect((await directStore.seals(stored)).every((found) => found !== undefined)).toBe(true);
  });

  it('fails every call of its batch, and each may be made again', async () => {
    const calls = Array.from({ length: 6 }, () => {
      const stream = newStream();
      return { stream, events: testEvents(2, { stream }) };
    });
    const append = () => calls.map(({ stream, events }) => shakyStore.append(stream, 0, events));
    const broken = proxy.breakNext('store-append', fault);
    const outcomes = await Promise.allSettled(append());
    await broken;
    expect(outcomes.map(({ status }) => status)).toEqual(calls.map(() => 'rejected'));

    for (const outcome of await Promise.all(append())) expect(outcome.ok).toBe(true);
    for (const { stream } of calls) expect(await directStore.read(stream)).toHaveLength(2);
  });

  it('may be made again when it was the first event of its author', async () => {
    const epoch = kept ? 1 : 2;
    const source = sourceOf({ network: 'test.example', tier: '431021' as TierCode, epoch });
    const stream = newStream();
    const event = testEvent({ stream, source });
    const broken = proxy.breakNext('store-source-no', fault);
    await expect(shakyStore.append(stream, 0, [event])).rejects.toThrow();
    await broken;
    expect((await shakyStore.append(stream, 0, [event])).ok).toBe(true);
    expect((await directStore.read(stream)).map((recorded) => recorded.source)).toEqual([source]);
  });

  it('may be made again when it was a checkpoint', async () => {
    const checkpoints = postgresCheckpoints(shaky);
    const broken = proxy.breakNext('store-save-checkpoint', fault);
    await expect(checkpoints.save(fault, 4n as Position)).rejects.toThrow();
    await broken;
    expect(await postgresCheckpoints(direct).load(fault)).toBe(kept ? 4n : 0n);
    await checkpoints.save(fault, 4n as Position);
    expect(await checkpoints.load(fault)).toBe(4n);
  });
});

describe('an append', () => {
  it('that was ended while it waited for its turn has written nothing and may be made again', async () => {
    const holder = await owner.connect();
    await holder.query('BEGIN; SELECT store.take_turn()');
    const stream = newStream();
    const events = testEvents(1, { stream });
    const waiting = directStore.append(stream, 0, events).then(
      () => 'written',
      () => 'failed',
    );
    await expectBackends(`wait_event_type = 'Lock' AND usename = 'tier_431000_approval'`);
    await endBackends(`wait_event_type = 'Lock' AND usename = 'tier_431000_approval'`);
    expect(await waiting).toBe('failed');
    await holder.query('ROLLBACK');
    holder.release();
    expect(await directStore.read(stream)).toEqual([]);
    expect((await directStore.append(stream, 0, events)).ok).toBe(true);
  });

  it('that is still being committed is not overtaken', async () => {
    const end = (await directStore.readAll(start, 1_000_000)).at(-1)?.position ?? start;
    const pool = openPool(tier.urls.approval, { max: 1 });
    const [slow, fast] = [newStream(), newStream()];
    const transaction = await pool.connect();
    await transaction.query('BEGIN');
    const inTransaction = postgresEventStore({ pool: queriesOf(transaction), seal });
    expect((await inTransaction.append(slow, 0, testEvents(2, { stream: slow }))).ok).toBe(true);

    let overtook = false;
    const overtaking = directStore
      .append(fast, 0, testEvents(1, { stream: fast }))
      .finally(() => (overtook = true));
    await Promise.race([
      overtaking,
      expectBackends(`wait_event_type = 'Lock' AND usename = 'tier_431000_approval'`),
    ]);
    expect(overtook).toBe(false);
    expect(await directStore.readAll(end, 10)).toEqual([]);
    await transaction.query('COMMIT');
    await overtaking;
    expect((await directStore.readAll(end, 10)).map(({ stream }) => stream)).toEqual([slow, slow, fast]);
    transaction.release();
    await pool.end();
  });

  it('of content the database refuses fails alone', async () => {
    const good = newStream();
    const bad = newStream();
    const [fine, refused] = await Promise.allSettled([
      directStore.append(good, 0, testEvents(2, { stream: good })),
      directStore.append(bad, 0, [testEvent({ stream: bad, id: 'a\0b' })]),
    ]);
    expect(fine.status).toBe('fulfilled');
    expect(refused.status).toBe('rejected');
    expect(await directStore.read(good)).toHaveLength(2);
  });
});

describe('a follower', () => {
  const listening = `query = 'LISTEN liandong_store' AND state = 'idle'`;

  /** Follows from here on; `seen` resolves with the next `count` events. */
  const following = async (
    store: EventStore,
    count: number,
  ): Promise<{ readonly seen: Promise<readonly Recorded[]> }> => {
    const end = (await directStore.readAll(start, 1_000_000)).at(-1)?.position ?? start;
    const watch = new AbortController();
    const pages = store.follow(end, { limit: 100, signal: watch.signal });
    const collected = (async () => {
      const seen: Recorded[] = [];
      for await (const page of pages) {
        seen.push(...page);
        if (seen.length >= count) watch.abort();
      }
      return seen;
    })();
    await expectBackends(listening);
    return { seen: collected };
  };

  const write = async (store: EventStore): Promise<string> => {
    const stream = newStream();
    const outcome = await store.append(stream, 0, testEvents(1, { stream }));
    expect(outcome.ok).toBe(true);
    return stream;
  };

  it('is woken by what another process writes, long before it would look for itself', async () => {
    const end = (await directStore.readAll(start, 1_000_000)).at(-1)?.position ?? start;
    const watch = new AbortController();
    const pages = shakyStore.follow(end, { limit: 1, signal: watch.signal })[Symbol.asyncIterator]();
    for (let round = 0; round < 5; round++) {
      // It looks once before it waits: what is written after that comes by a notification or in a minute.
      const page = pages.next();
      await expectBackends(listening);
      const stream = await write(directStore);
      expect((await page).value?.map((recorded: Recorded) => recorded.stream)).toEqual([stream]);
    }
    watch.abort();
    expect((await pages.next()).done).toBe(true);
  });

  it('misses nothing when no notification ever arrives', async () => {
    proxy.notifications(false);
    const pool = openPool(proxy.url(tier.urls.exchange));
    const { seen } = await following(postgresEventStore({ pool, rereadMilliseconds: 100 }), 2);
    const streams = [await write(directStore), await write(directStore)];
    expect((await seen).map((recorded) => recorded.stream)).toEqual(streams);
    proxy.notifications(true);
    await pool.end();
  });

  it('looks again as soon as it listens again, after its connection was ended', async () => {
    const { seen } = await following(shakyStore, 2);
    const stream = await write(directStore);
    await endBackends(listening);
    const next = await write(directStore);
    expect((await seen).map((recorded) => recorded.stream)).toEqual([stream, next]);
  });

  it('ends with its connections instead of asking for ever', async () => {
    const pool = openPool(tier.urls.approval);
    const end = (await directStore.readAll(start, 1_000_000)).at(-1)?.position ?? start;
    const store = postgresEventStore({ pool, rereadMilliseconds: 50 });
    const pages = store.follow(end, { limit: 1, signal: AbortSignal.timeout(90_000) });
    // It may end before the pool has: whoever waits for its end must do so from the start.
    const ended = expect(pages[Symbol.asyncIterator]().next()).rejects.toThrow(/after calling end/);
    await expectBackends(listening);
    await endBackends(listening);
    await pool.end();
    await ended;
  });

  it('tells of what no reading again can cure', async () => {
    const pool = openPool(tier.urls.approval.replace(/:[^:@]+@/, ':wrong@'));
    const store = postgresEventStore({ pool });
    const pages = store.follow(start, { limit: 1, signal: AbortSignal.timeout(90_000) });
    await expect(pages[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: '28P01' });
    await pool.end();
  });
});

/** Resolves when a backend is in such a state. The server does not tell, so it is asked again and again. */
const expectBackends = async (condition: string): Promise<void> => {
  const patience = AbortSignal.timeout(60_000);
  for (;;) {
    patience.throwIfAborted();
    const { rowCount } = await owner.query(`SELECT FROM pg_stat_activity WHERE ${condition}`);
    if (rowCount !== 0) return;
  }
};

const endBackends = async (condition: string): Promise<void> => {
  const { rowCount } = await owner.query(
    `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE ${condition}`,
  );
  expect(rowCount).toBeGreaterThan(0);
};

/** A pool that has one connection, in the middle of a transaction. */
const queriesOf = (client: pg.PoolClient): pg.Pool => client as unknown as pg.Pool;
