import {
  type CuttingProxy,
  cuttingProxy,
  type FakeKurrent,
  fakeKurrent,
  newStream,
  testEvent,
  testEvents,
  testSealer,
  withKurrent,
  withPostgres,
} from '@liandong/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type EventStore, type NewEvent, type Position, type Recorded, start } from '@liandong/application';
import type { EventHash, StreamName } from '@liandong/kernel';
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { openPool } from '../postgres/index.ts';
import { type KurrentConnection, type KurrentOptions, openKurrent } from './connection.ts';
import { kurrentEventStore } from './event-store.ts';
import { failureOf } from './failures.ts';

const postgres = withPostgres();
const { seal } = testSealer();

let tiers = 431_100;
const database = async (): Promise<pg.Pool> => {
  const { urls } = await postgres.tier(String((tiers += 1)));
  return openPool(urls.approval, { max: 8 });
};

const hashes = (events: readonly { readonly hash: EventHash }[]) => events.map(({ hash }) => hash);

const rejection = (failing: Promise<unknown>): Promise<unknown> =>
  failing.then(
    () => {
      throw new Error('it was to fail');
    },
    (error: unknown) => error,
  );

describe('a store in KurrentDB whose server fails it', () => {
  let fake: FakeKurrent;
  let pool: pg.Pool;
  const open = new Set<KurrentConnection>();
  let store: EventStore;

  const door = (url: string, options: KurrentOptions = {}, heldPlaces = 5_000) => {
    const connection = openKurrent(url, options);
    open.add(connection);
    return { connection, store: kurrentEventStore({ connection, pool, seal, heldPlaces }) };
  };

  beforeAll(async () => (pool = await database()));
  afterAll(() => pool.end());
  beforeEach(async () => {
    fake = await fakeKurrent({ nodes: 2 });
    ({ store } = door(fake.url()));
    await pool.query('SELECT 1');
  });
  afterEach(async () => {
    for (const connection of open) await connection.close();
    open.clear();
    fake.close();
    // Each test has a server of its own; where its events stood says nothing about the next.
    await owner('TRUNCATE store.placed, store.placed_to, store.waiting');
  });

  const owner = async (sql: string) => {
    const { ownerUrl } = await postgres.tier(String(tiers));
    const asOwner = openPool(ownerUrl);
    await asOwner.query(sql);
    await asOwner.end();
  };

  const written = async (stream: StreamName, seen: number, events: readonly NewEvent[]) => {
    const outcome = await store.append(stream, seen, events);
    if (!outcome.ok) throw new Error(outcome.refusal.code);
    return outcome.value;
  };

  it.each([
    [['unavailable', 'busy', 'unavailable']],
    [['lost-answer']],
    [['server-timeout', 'busy']],
    [['lost-answer', 'server-timeout', 'lost-answer', 'busy', 'lost-answer']],
  ] as const)('writes once and says so after %j', async (faults) => {
    for (const batchAppend of [true, false]) {
      const server = await fakeKurrent({ batchAppend });
      const failing = door(server.url()).store;
      const stream = newStream();
      const [first, ...rest] = testEvents(4, { stream });
      if (first === undefined) throw new Error('there are four');
      await failing.append(stream, 0, [first]);
      server.failAppends(...faults);
      const outcome = await failing.append(stream, 1, rest);
      expect(outcome.ok && outcome.value.map(({ revision }) => revision)).toEqual([2, 3, 4]);
      expect(hashes(await failing.read(stream))).toEqual(hashes([first, ...rest]));
      server.close();
      await owner('TRUNCATE store.placed, store.placed_to');
    }
  });

  it('asks again where no answer comes, though others wrote behind it meanwhile', async () => {
    const slow = door(fake.url(), { tryMilliseconds: 2_000 }).store;
    const stream = newStream();
    const [mine, theirs] = [testEvents(1, { stream }), testEvents(1, { stream })];
    const before = fake.appendCalls();
    fake.failAppends('silent-after-writing');
    const answer = slow.append(stream, 0, mine);
    while (fake.appendCalls() === before) await new Promise(setImmediate);
    await written(stream, 1, theirs);
    expect((await answer).ok).toBe(true);
    expect(hashes(await store.read(stream))).toEqual(hashes([...mine, ...theirs]));
  });

  it('gives up with an error after its tries, and the same call may be made again', async () => {
    const impatient = door(fake.url(), { tryMilliseconds: 1_000, tries: 2 }).store;
    const stream = newStream();
    const events = testEvents(2, { stream });
    fake.failAppends('silent-after-writing', 'silent');
    expect(failureOf(await rejection(impatient.append(stream, 0, events)))).toEqual({ kind: 'passing' });
    expect((await impatient.append(stream, 0, events)).ok).toBe(true);
    expect(await store.read(stream)).toHaveLength(2);
  });

  it.each([true, false])('follows a change of leader, batched appends %s', async (batchAppend) => {
    const cluster = await fakeKurrent({ nodes: 3, batchAppend });
    for (const url of [cluster.url(0), cluster.clusterUrl]) {
      const stream = newStream();
      const events = testEvents(4, { stream });
      const { store: led } = door(url);
      for (const [n, event] of events.entries()) {
        cluster.makeLeader(n % 3);
        expect((await led.append(stream, n, [event])).ok).toBe(true);
        expect(await led.read(stream)).toHaveLength(n + 1);
      }
    }
    cluster.close();
  });

  it('finds the new leader of a cluster whose leader is gone', async () => {
    const cluster = await fakeKurrent({ nodes: 3 });
    const { store: led } = door(cluster.clusterUrl);
    const stream = newStream();
    const [first, second] = testEvents(2, { stream }) as [NewEvent, NewEvent];
    await led.append(stream, 0, [first]);
    cluster.makeLeader(1);
    cluster.stopNode(0);
    expect((await led.append(stream, 1, [second])).ok).toBe(true);
    expect(hashes(await led.read(stream))).toEqual(hashes([first, second]));
    cluster.close();
  });

  it('reads whole what broke off in the middle', async () => {
    const stream = newStream();
    const events = testEvents(5, { stream });
    await written(stream, 0, events);
    fake.failReads('broken-midway', 'unavailable', 'broken-midway');
    expect(hashes(await store.read(stream))).toEqual(hashes(events));
    fake.failReads('broken-midway');
    expect(hashes(await store.readAll(start, 10))).toEqual(hashes(events));
  });

  it('reads again where no answer comes', async () => {
    const stream = newStream();
    const events = testEvents(2, { stream });
    await written(stream, 0, events);
    fake.failReads('silent');
    expect(hashes(await door(fake.url(), { tryMilliseconds: 1_000 }).store.read(stream))).toEqual(
      hashes(events),
    );
  });

  it('writes nothing of a call that is larger than the server takes', async () => {
    const stream = newStream();
    const large = Array.from({ length: 17 }, () => testEvent({ stream, data: { text: 'x'.repeat(60_000) } }));
    const end = fake.log.end();
    await expect(store.append(stream, 0, large)).rejects.toThrow(RangeError);
    expect(fake.log.end()).toBe(end);
    expect((await store.append(stream, 0, large.slice(1))).ok).toBe(true);
  });

  it('knows an event that comes again at another revision, or in another stream, at once', async () => {
    const [stream, elsewhere] = [newStream(), newStream()];
    const [first, second] = testEvents(2, { stream }) as [NewEvent, NewEvent];
    await written(stream, 0, [first]);
    const outcomes = await Promise.all([
      store.append(stream, 1, [second]),
      store.append(stream, 2, [second]),
      store.append(elsewhere, 0, [second]),
    ]);
    expect(outcomes.map((outcome) => outcome.ok && outcome.value.map(({ stream }) => stream))).toEqual([
      [stream],
      [stream],
      [stream],
    ]);
    expect(await store.read(stream)).toHaveLength(2);
    expect(await store.read(elsewhere)).toEqual([]);
  });

  it('knows after a restart what was stored before, from what it handed to the database', async () => {
    const streams = Array.from({ length: 30 }, () => newStream());
    const keeping = door(fake.url(), {}, 10).store;
    const stored: (readonly [StreamName, readonly NewEvent[]])[] = [];
    for (const stream of streams) {
      const events = testEvents(2, { stream });
      await keeping.append(stream, 0, events);
      stored.push([stream, events]);
    }
    const { rows } = await pool.query<{ n: number }>('SELECT count(*)::int AS n FROM store.placed');
    expect(rows[0]?.n).toBeGreaterThanOrEqual(50);
    const after = door(fake.url(), {}, 10).store;
    for (const [stream, events] of stored) {
      expect((await after.append(stream, 9, events)).ok).toBe(true);
      expect(await after.read(stream)).toHaveLength(2);
    }
  });

  it('shows what was written past it without a seal, and stops at what is no event', async () => {
    const stream = newStream();
    const { connection } = door(fake.url());
    const { KurrentDBClient, binaryEvent } = await import('@kurrent/kurrentdb-client');
    const intruder = KurrentDBClient.connectionString(fake.url());
    const event = testEvent({ stream });
    const type = event.envelope.type;
    await intruder.appendToStream(stream, binaryEvent({ id: randomUUID(), type, data: event.bytes }));
    const [shown] = await store.read(stream);
    expect(shown).toMatchObject({ source: event.envelope.source, id: event.envelope.id, hash: event.hash });
    expect(await store.seals(shown === undefined ? [] : [shown])).toEqual([undefined]);
    await intruder.appendToStream(stream, binaryEvent({ id: randomUUID(), type, data: Buffer.from('?') }));
    await expect(store.read(stream)).rejects.toThrow(`record 1 of ${stream} is no event`);
    await intruder.dispose();
    await connection.close();
  });

  describe('clear text', () => {
    const disclosing = (stream: StreamName) => {
      const digest = randomUUID();
      const disclosures = [{ digest, salt: 'salt', name: 'name', value: '李雷' }];
      return { digest, event: testEvent({ stream, disclosures }) };
    };
    /** A process that ends around the append: before it reaches the server, or before it hears the answer. */
    const ending = (at: 'before' | 'after'): EventStore => {
      const { connection } = door(fake.url());
      const mortal: KurrentConnection = {
        ...connection,
        calling: (call) =>
          connection.calling(async (client) => {
            const appends = fake.appendCalls();
            const doomed =
              at === 'before'
                ? new Proxy(client, {
                    get: (target, name) =>
                      name === 'appendToStream'
                        ? () => Promise.reject(new Error('killed'))
                        : (Reflect.get(target, name, target) as unknown),
                  })
                : client;
            const answer = await call(doomed);
            if (at === 'after' && fake.appendCalls() > appends) throw new Error('killed');
            return answer;
          }),
      };
      return kurrentEventStore({ connection: mortal, pool, seal });
    };
    const waiting = async () => (await pool.query('SELECT digest FROM store.waiting')).rows.length;

    it('is held for an event that stands, though the process ended before it could say so', async () => {
      const stream = newStream();
      const { digest, event } = disclosing(stream);
      await expect(ending('after').append(stream, 0, [event])).rejects.toThrow('killed');
      expect(await waiting()).toBe(1);
      expect(await store.disclosures([digest])).toEqual(event.disclosures);
      expect(await waiting()).toBe(0);
    });

    it('is not shown without its event, and is swept', async () => {
      const [stream, next] = [newStream(), newStream()];
      const { digest, event } = disclosing(stream);
      await expect(ending('before').append(stream, 0, [event])).rejects.toThrow('killed');
      expect(await store.disclosures([digest])).toEqual([]);
      expect(await waiting()).toBe(1);
      await owner("UPDATE store.waiting SET since = now() - interval '2 hours'");
      await written(next, 0, [disclosing(next).event]);
      expect(await waiting()).toBe(0);
      expect(await store.disclosures([digest])).toEqual([]);
    });

    it('is held when the call is made again', async () => {
      const stream = newStream();
      const { digest, event } = disclosing(stream);
      await expect(ending('after').append(stream, 0, [event])).rejects.toThrow('killed');
      await written(stream, 0, [event]);
      expect(await waiting()).toBe(0);
      expect(await store.disclosures([digest])).toEqual(event.disclosures);
    });
  });

  it('gives the errors of both families one meaning', async () => {
    const { connection } = door(fake.url());
    const client = connection.client();
    const write = () => client.appendToStream(newStream(), [], { streamState: 0n });
    const read = async () => {
      for await (const event of client.readStream(newStream(), { requiresLeader: true }))
        expect(event).toBeDefined();
    };
    expect(failureOf(await rejection(write()))).toEqual({ kind: 'wrong-revision', current: 0 });
    expect(failureOf(await rejection(read()))).toEqual({ kind: 'no-stream' });
    fake.failReads('unavailable');
    expect(failureOf(await rejection(read()))).toEqual({ kind: 'passing' });
    fake.failAppends('unavailable');
    expect(failureOf(await rejection(write()))).toEqual({ kind: 'passing' });
    fake.makeLeader(1);
    expect(failureOf(await rejection(write()))).toEqual({ kind: 'passing' });
    expect(failureOf(await rejection(read()))).toEqual({ kind: 'passing' });
    fake.close();
    expect(failureOf(await rejection(write()))).toEqual({ kind: 'passing' });
    expect(failureOf(await rejection(read()))).toEqual({ kind: 'passing' });
    expect(failureOf(new TypeError('x is not a function'))).toEqual({ kind: 'lasting' });
    expect(
      failureOf(Object.assign(new Error('7 PERMISSION_DENIED'), { type: 'access-denied', code: 7 })),
    ).toEqual({
      kind: 'lasting',
    });
  });
});

/** Every connection breaks again and again while two processes write and a third follows. */
const surviving = (
  name: string,
  server: () => Promise<{ readonly url: string; readonly end?: () => void }>,
) => {
  describe(`connections to ${name} that break under load`, () => {
    it('lose nothing, double nothing and keep the order of each stream', async () => {
      const { url, end } = await server();
      const pool = await database();
      const proxy = await cuttingProxy(addressOf(url));
      const options = { prefix: `${randomUUID().replaceAll('-', '')}_`, tries: 50 };
      const connections = [1, 2, 3].map(() => openKurrent(through(url, proxy), options));
      const stores = connections.map((connection) =>
        kurrentEventStore({ connection, pool, seal, rereadMilliseconds: 500 }),
      );
      const [one, two, following] = stores;
      if (one === undefined || two === undefined || following === undefined)
        throw new Error('three are opened');

      const writings = Array.from({ length: 24 }, (_, n) => {
        const stream = newStream();
        return { stream, events: testEvents(4, { stream }), into: n % 2 === 0 ? one : two };
      });
      const total = writings.length * 4;
      const seen: Recorded[] = [];
      const watch = new AbortController();
      const follower = (async () => {
        let reached: Position = start;
        while (seen.length < total)
          // A process that goes on from its saved position does so in the middle of anything.
          for await (const page of following.follow(reached, { limit: 5, signal: watch.signal })) {
            seen.push(...page);
            reached = page.at(-1)?.position ?? reached;
            if (seen.length >= total) return;
            break;
          }
      })();

      let writes = 0;
      for (const { stream, events, into } of writings) {
        await Promise.all([
          (async () => {
            for (const [n, event] of events.entries()) {
              const outcome = await into.append(stream, n, [event]);
              if (!outcome.ok) throw new Error(outcome.refusal.code);
            }
          })(),
          (async () => {
            if ((writes += 1) % 3 === 0) proxy.cut();
          })(),
        ]);
      }
      await follower;

      for (const { stream, events } of writings)
        expect(hashes(await one.read(stream))).toEqual(hashes(events));
      expect(hashes(seen)).toEqual(hashes(await two.readAll(start, total + 1)));
      expect(new Set(hashes(seen)).size).toBe(total);
      for (const connection of connections) await connection.close();
      await proxy.close();
      await pool.end();
      end?.();
    });
  });
};

const addressOf = (url: string) => {
  const [, host = '', port = ''] = /^\w+:\/\/(?:[^@/]*@)?([^:/?,]+):(\d+)/.exec(url) ?? [];
  if (port === '') throw new Error('the way to one node is needed, as scheme://host:port');
  return { host, port: Number(port) };
};

const through = (url: string, { port }: CuttingProxy): string =>
  url.replace(/(:\/\/(?:[^@/]*@)?)[^:/?,]+:\d+/, `$1127.0.0.1:${port}`);

surviving('a fake KurrentDB', async () => {
  const fake = await fakeKurrent();
  return { url: fake.url(), end: fake.close };
});

withKurrent((server) => surviving('KurrentDB', async () => ({ url: server.url })));
