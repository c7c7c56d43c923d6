import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sha256 } from '@liandong/adapters/crypto';
import { openPool, postgresEventStore, type TierDatabase } from '@liandong/adapters/postgres';
import {
  keepScrubbing,
  originOf,
  readTree,
  rebuildLedger,
  type Recorded,
  type ScrubFinding,
} from '@liandong/application';
import { sourceOf, type TierCode } from '@liandong/kernel';
import {
  eventually,
  type Fault,
  grownTo,
  newStream,
  postgresProxy,
  type PostgresProxy,
  startKeeper,
  testEvents,
  testLogKey,
  type TestKeeper,
  testSealer,
  withPostgres,
} from '@liandong/testing';
import type pg from 'pg';
import { postgresLedgerBook } from './ledger-book.ts';
import { ledgerLease } from './lease.ts';
import { migrateLedger } from './migrate.ts';
import { postgresScrubPlaces } from './scrub-places.ts';

const postgres = withPostgres();
let next = 431_100;
let tier: TierDatabase;
let proxy: PostgresProxy;
let pools: pg.Pool[] = [];
let given: Parameters<typeof startKeeper>[0];
let keepers: TestKeeper[] = [];
let superuser: pg.Pool;

beforeAll(async () => {
  proxy = await postgresProxy(postgres.server.socketDir);
});
afterAll(() => proxy.close());

/** A fresh tier with a store, a ledger, and somebody who knows the superuser's password. */
beforeEach(async () => {
  const code = String(next++) as TierCode;
  tier = await postgres.tier(code);
  await migrateLedger(tier.urls.exchange);
  const self = { network: 'test.example', tier: code, epoch: 0 };
  const { seal, verify } = testSealer('approval', sourceOf(self));
  const pool = openPool(tier.urls.exchange, { max: 8 });
  superuser = openPool(postgres.server.url('postgres', tier.database));
  pools = [pool, superuser];
  keepers = [];
  given = {
    self,
    store: postgresEventStore({ pool, seal }),
    book: postgresLedgerBook(pool, self.epoch),
    acquireLease: ledgerLease(tier.urls.exchange),
    verifySeal: verify,
    ...testLogKey(originOf(self)),
  };
});
afterEach(async () => {
  // What a failed expectation left at work holds connections.
  for (const keeper of keepers) await keeper.stop().catch(() => undefined);
  for (const pool of pools) await pool.end();
});

const keep = async (...parts: Parameters<typeof startKeeper>): Promise<TestKeeper> => {
  const keeper = await startKeeper(...parts);
  keepers.push(keeper);
  return keeper;
};
const source = () => sourceOf(given.self);
const record = async (size: number): Promise<readonly Recorded[]> => {
  const stream = newStream().replace(/-\d+\./, `-${given.self.tier}.`) as ReturnType<typeof newStream>;
  const done = await given.store.append(stream, 0, testEvents(size, { stream, source: source() }));
  if (!done.ok) throw new Error(done.refusal.code);
  return done.value;
};
const sealed = async (size: number) => {
  const keeper = await keep(given);
  await grownTo(given.book, size);
  await keeper.stop();
};
const hex = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('hex');
const rootOfStore = async () =>
  hex(
    (await rebuildLedger({ source: source(), store: given.store, sha256, verifySeal: given.verifySeal }))
      .root,
  );
const rootOfBook = async () => hex((await given.book.head())?.root);

/** What an insider can do who has the superuser's password. */
const asInsider = async (...statements: readonly string[]) => {
  await superuser.query(
    [
      'BEGIN',
      ...['store.event', 'store.event_0'].map((table) => `ALTER TABLE ${table} DISABLE TRIGGER ALL`),
      ...statements,
      'COMMIT',
    ].join(';\n'),
  );
};

const scrub = async (): Promise<ScrubFinding | undefined> => {
  const over = new AbortController();
  let first: ScrubFinding | undefined;
  const [pool] = pools;
  await keepScrubbing(
    {
      ...{ source: source(), store: given.store, book: given.book, sha256 },
      places: postgresScrubPlaces(pool!, given.self.epoch),
      found: (finding) => (first ??= finding),
      everyMs: 2,
      pauseMs: 1,
      wait: async (ms) => {
        if (ms === 2) over.abort();
      },
    },
    over.signal,
  );
  return first;
};

describe('the keeper on PostgreSQL', () => {
  it('seals what several write at once, and makes the same tree from the store alone', async () => {
    const keeper = await keep(given);
    await Promise.all(Array.from({ length: 20 }, (_, n) => record(n + 1)));
    await grownTo(given.book, 210);
    await keeper.stop();
    expect(await rootOfBook()).toBe(await rootOfStore());
    expect(await scrub()).toBeUndefined();

    const before = await rootOfBook();
    await superuser.query(`
      ALTER TABLE ledger.head DISABLE TRIGGER ALL; ALTER TABLE ledger.entry DISABLE TRIGGER ALL;
      ALTER TABLE ledger.tile DISABLE TRIGGER ALL;
      DELETE FROM ledger.head; DELETE FROM ledger.entry; DELETE FROM ledger.tile;
      UPDATE ledger.place SET size = 0, position = 0`);
    await sealed(210);
    expect(await rootOfBook()).toBe(before);
  });

  it.each<Fault>(['request lost', 'answer lost'])(
    'whose write fails with its %s is carried on with the same tree',
    async (fault) => {
      await record(30);
      const shaky = openPool(proxy.url(tier.urls.exchange));
      pools.push(shaky);
      const broken = proxy.breakNext('ledger-extend', fault);
      const first = await keep({ ...given, book: postgresLedgerBook(shaky, given.self.epoch) });
      await expect(first.ended).rejects.toThrow();
      await broken;
      expect((await given.book.head())?.size).toBe(fault === 'answer lost' ? 30 : undefined);
      await record(5);
      await sealed(35);
      expect(await rootOfBook()).toBe(await rootOfStore());
      expect((await given.book.entries(0, 99)).map(({ position }) => Number(position))).toEqual(
        Array.from({ length: 35 }, (_, n) => n + 1),
      );
    },
  );

  it('that lost its lease without knowing writes nothing more, and its successor goes on', async () => {
    const old = await keep(given);
    await record(3);
    await grownTo(given.book, 3);
    await superuser.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = $1 AND state = 'idle in transaction'`,
      [tier.database],
    );
    await eventually(async () => {
      const lease = await given.acquireLease();
      await lease?.release();
      return lease !== undefined;
    });
    await record(2);
    await expect(old.ended).rejects.toThrow('another keeper writes this ledger');
    expect((await given.book.head())?.size).toBe(3);
    await sealed(5);
    expect(await rootOfBook()).toBe(await rootOfStore());
  });
});

describe('an insider with the password of the superuser', () => {
  it('who inserts a row gets nothing sealed', async () => {
    await record(2);
    await sealed(2);
    await asInsider(
      `INSERT INTO store.event SELECT 3, NULL, 7, source, stream, gen_random_uuid()::text, type, hash, bytes
       FROM store.event WHERE position = 2`,
    );
    const keeper = await keep(given);
    await keeper.alarmed(3n);
    await keeper.stop();
    expect(await given.book.unsealed(5)).toMatchObject([{ position: 3n, reason: 'no-seal' }]);
    expect((await given.book.head())?.size).toBe(2);
  });

  it('who plays an old row again under its own seal gets nothing sealed', async () => {
    await record(2);
    await sealed(2);
    await asInsider(
      `INSERT INTO store.event SELECT 3, seal, revision, source, stream, id, type, hash, bytes
       FROM store.event WHERE position = 2`,
    );
    const keeper = await keep(given);
    await keeper.alarmed(3n);
    await keeper.stop();
    expect(await given.book.unsealed(5)).toMatchObject([{ position: 3n, reason: 'already-sealed' }]);
  });

  it('who rewrites bytes before they are sealed gets nothing sealed', async () => {
    await record(2);
    await sealed(2);
    const [row] = await record(1);
    await asInsider(
      `UPDATE store.event SET bytes = set_byte(bytes, 30, get_byte(bytes, 30) # 1) WHERE position = 3`,
    );
    const keeper = await keep(given);
    await keeper.alarmed(3n);
    await keeper.stop();
    expect(await given.book.unsealed(5)).toMatchObject([{ hash: row!.hash, reason: 'bytes-changed' }]);
  });

  it('who rewrites old bytes is caught by the scrub, at that very place', async () => {
    await record(600);
    await sealed(600);
    expect(await scrub()).toBeUndefined();
    await asInsider(
      `UPDATE store.event SET bytes = set_byte(bytes, 30, get_byte(bytes, 30) # 1) WHERE position = 300`,
    );
    expect(await scrub()).toEqual({ code: 'bytes-changed', seq: 299, position: 300n });
  });

  it('who rewrites an old event and its hash everywhere is caught by the tile, and past that by the head', async () => {
    await record(10);
    await sealed(10);
    await asInsider(
      `UPDATE store.event SET bytes = convert_to(replace(convert_from(bytes, 'UTF8'), '"n":5', '"n":6'), 'UTF8')
       WHERE position = 5`,
      `UPDATE store.event SET hash = sha256('\\x00'::bytea || bytes) WHERE position = 5`,
      `ALTER TABLE ledger.entry DISABLE TRIGGER ALL`,
      `UPDATE ledger.entry SET hash = (SELECT hash FROM store.event WHERE position = 5) WHERE seq = 4`,
    );
    expect(await scrub()).toEqual({ code: 'tile-differs', seq: 4 });
    await asInsider(
      `ALTER TABLE ledger.tile DISABLE TRIGGER ALL`,
      `UPDATE ledger.tile SET bytes = overlay(bytes PLACING (SELECT hash FROM ledger.entry WHERE seq = 4) FROM 129 FOR 32)
       WHERE level = 0`,
    );
    expect(await scrub()).toEqual({ code: 'root-differs', size: 10 });
    // And nothing more is signed over it.
    expect(await readTree(sha256, given.book)).toEqual({
      ok: false,
      refusal: { code: 'tiles-are-not-the-head', size: 10 },
    });
  });

  it('who deletes the tail after it was sealed is found out at the next start', async () => {
    await record(4);
    await sealed(4);
    await asInsider('DELETE FROM store.event WHERE position = 4');
    const keeper = await keep(given);
    await keeper.alarmed();
    await keeper.stop();
    expect(keeper.alarms).toEqual([
      { code: 'damaged', damage: { code: 'sealed-event-gone', seq: 3, position: 4n } },
    ]);
    expect(await scrub()).toEqual({ code: 'event-gone', seq: 3, position: 4n });
  });

  it('who deletes an event in the middle is caught by the scrub', async () => {
    await record(8);
    await sealed(8);
    await asInsider('DELETE FROM store.event WHERE position = 3');
    expect(await scrub()).toEqual({ code: 'event-gone', seq: 2, position: 3n });
  });
});

describe('a restored backup', () => {
  it('signs nothing while the witnesses know more, however it came about', async () => {
    await record(3);
    await sealed(3);
    const keeper = await keep(given, {
      largestKnown: async () => ({ answers: [3, 6], of: 4 }),
      quorum: 3,
    });
    await keeper.alarmed();
    await record(1);
    expect(keeper.keeper.status()).toEqual({ state: 'behind', stored: 3, known: 6 });
    await keeper.stop();
    expect((await given.book.head())?.size).toBe(3);
  });
});
