import { describe, expect, it } from '@jest/globals';
import {
  newPrivateKey,
  nodeSuite,
  sealer,
  sealVerifier,
  serviceKey,
  sha256,
} from '@liandong/adapters/crypto';
import { memoryEventStore, memoryLedgerBook, type MemoryLedgerBook } from '@liandong/adapters/memory';
import { authorOf, type CommitSeal, type Source, sourceOf, type TierCode } from '@liandong/kernel';
import { emptyRoot, openHead, parseNote, type SignEd25519 } from '@liandong/ledger';
import {
  eventually,
  grownTo,
  newStream,
  startKeeper,
  testEvents,
  testLogKey,
  testSealer,
  testSource,
} from '@liandong/testing';
import fc from 'fast-check';
import type { EventStore, NewEvent, Position, Recorded } from '../ports/event-store.ts';
import type { LedgerBook } from '../ports/ledger-book.ts';
import { originOf } from './open-epoch.ts';
import { rebuildLedger } from './rebuild-ledger.ts';

const self = authorOf(testSource)!;
const { logKey, sign } = testLogKey(originOf(self));
const suite = nodeSuite();

/** A tier's store, its book and what checks its seals; `tamper` changes what the store says it holds. */
const tier = (seal = testSealer()) => {
  const store = memoryEventStore({ seal: seal.seal });
  const book = memoryLedgerBook();
  return { self, store, book, acquireLease: book.acquireLease, verifySeal: seal.verify, logKey, sign };
};

const record = async (store: EventStore, size: number, changes: Partial<NewEvent> = {}) => {
  const stream = newStream();
  const done = await store.append(
    stream,
    0,
    testEvents(size, { stream }).map((event) => ({ ...event, ...changes })),
  );
  if (!done.ok) throw new Error(done.refusal.code);
  return done.value;
};

const foreign = 'https://test.example/tiers/431021/0' as Source;
const receive = async (store: EventStore, size: number) => {
  const stream = newStream();
  const seal: CommitSeal = { service: 'approval', keyId: '', leaves: [], signature: new Uint8Array() };
  await store.append(stream, 0, testEvents(size, { stream, source: foreign, seal }));
};

/** A store that shows some events otherwise than they were recorded. */
const showing = (store: EventStore, change: (recorded: Recorded) => Recorded): EventStore => ({
  ...store,
  readAll: async (after, limit) => (await store.readAll(after, limit)).map(change),
  async *follow(after, options) {
    for await (const page of store.follow(after, options)) yield page.map(change);
  },
});

const rootOf = async (book: LedgerBook) => Buffer.from((await book.head())?.root ?? []).toString('hex');
const rebuilt = async ({ store, verifySeal }: ReturnType<typeof tier>, until?: number) => {
  const { root } = await rebuildLedger({ source: testSource, store, sha256, verifySeal }, until);
  return Buffer.from(root).toString('hex');
};

describe('the keeper of a ledger', () => {
  it('seals the own events of the store in their order, and signs a checkpoint of the origin', async () => {
    const given = tier();
    const first = await record(given.store, 3);
    await receive(given.store, 2);
    const second = await record(given.store, 2);
    const keeper = await startKeeper(given);
    await grownTo(given.book, 5);
    await keeper.stop();

    const entries = await given.book.entries(0, 10);
    expect(entries.map(({ seq, position, hash }) => [seq, position, hash])).toEqual(
      [...first, ...second].map(({ position, hash }, seq) => [seq, position, hash]),
    );
    const head = await given.book.head();
    const opened = openHead(suite, head!.note, [logKey]);
    expect(opened).toMatchObject({
      ok: true,
      value: { checkpoint: { origin: 'test.example/431000/0', size: 5 } },
    });
    expect(await rootOf(given.book)).toBe(await rebuilt(given));
    expect(await given.book.unsealed(10)).toEqual([]);
  });

  it('follows what is recorded while it runs', async () => {
    const given = tier();
    const keeper = await startKeeper(given);
    for (let size = 1; size <= 5; size++) {
      await record(given.store, 1);
      await grownTo(given.book, size);
    }
    expect(keeper.keeper.status()).toEqual({ state: 'sealing', size: 5, through: 5n });
    await keeper.stop();
  });

  it('signs nothing for a tier that has only received', async () => {
    const given = tier();
    await receive(given.store, 3);
    const keeper = await startKeeper(given);
    await record(given.store, 1);
    await grownTo(given.book, 1);
    await keeper.stop();
    expect(await given.book.place()).toBe(4n);
    expect((await given.book.entries(0, 5)).map(({ position }) => position)).toEqual([4n]);
  });

  it('has come past the events of others too', async () => {
    const given = tier();
    await record(given.store, 1);
    const keeper = await startKeeper(given);
    await grownTo(given.book, 1);
    await receive(given.store, 3);
    await eventually(async () => (await given.book.place()) === 4n);
    await keeper.stop();
    expect((await given.book.head())?.size).toBe(1);
  });

  it('makes the same tree however what it seals falls into batches, and whoever carries it on', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({ own: fc.integer({ min: 0, max: 90 }), others: fc.integer({ min: 0, max: 3 }) }),
          {
            minLength: 1,
            maxLength: 8,
          },
        ),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 60 }),
        fc.boolean(),
        async (parts, pageSize, batchSize, restarts) => {
          const given = tier();
          let keeper = await startKeeper(given, { settings: { pageSize, batchSize } });
          let size = 0;
          for (const { own, others } of parts) {
            if (others > 0) await receive(given.store, others);
            if (own > 0) await record(given.store, own);
            size += own;
            if (!restarts) continue;
            await keeper.stop();
            keeper = await startKeeper(given, { settings: { pageSize, batchSize } });
          }
          await grownTo(given.book, size);
          await keeper.stop();
          expect((await given.book.head())?.size ?? 0).toBe(size);
          if (size > 0) expect(await rootOf(given.book)).toBe(await rebuilt(given));
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('the pace of a keeper', () => {
  /** Rests end when the test says so. */
  const paced = () => {
    const rests: { readonly ms: number; readonly end: () => void }[] = [];
    const wait = (ms: number, signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        rests.push({ ms, end: resolve });
        signal.addEventListener('abort', () => resolve());
      });
    return { rests, wait };
  };

  it('is at once when idle, and one head an interval under load', async () => {
    const given = tier();
    const { rests, wait } = paced();
    const signed: number[] = [];
    const counting: LedgerBook = {
      ...given.book,
      extend: (batch) => {
        signed.push(batch.entries.length);
        return given.book.extend(batch);
      },
    };
    const keeper = await startKeeper({ ...given, book: counting }, { wait });
    await record(given.store, 1);
    await grownTo(given.book, 1);
    expect(rests).toHaveLength(1);

    for (let n = 0; n < 7; n++) await record(given.store, 1);
    for (let turns = 0; turns < 50; turns++) await new Promise((resolve) => setImmediate(resolve));
    expect(signed).toEqual([1]);
    rests[0]!.end();
    await grownTo(given.book, 8);
    expect(signed).toEqual([1, 7]);

    rests[1]!.end();
    await record(given.store, 1);
    await grownTo(given.book, 9);
    expect(signed).toEqual([1, 7, 1]);
    await keeper.stop();
  });

  it('rests shortly after a head over few events, and longer after one over many', async () => {
    const given = tier();
    await record(given.store, 30);
    const { rests, wait } = paced();
    const keeper = await startKeeper(given, { wait });
    await grownTo(given.book, 30);
    await record(given.store, 3);
    rests[0]!.end();
    await grownTo(given.book, 33);
    expect(rests.map(({ ms }) => ms)).toEqual([200, 50]);
    await keeper.stop();
  });

  it('does not wait when there is much to seal', async () => {
    const given = tier();
    await record(given.store, 1_050);
    const { rests, wait } = paced();
    const keeper = await startKeeper(given, { wait, settings: { pageSize: 50, batchSize: 100 } });
    await grownTo(given.book, 1_050);
    expect(rests.length).toBe(11);
    await keeper.stop();
  });
});

describe('what is in the store and was not written by an entitled service', () => {
  const sealedBy =
    (seal: CommitSeal | undefined) =>
    (store: EventStore): EventStore => ({
      ...store,
      seals: async (events) => events.map(() => seal),
    });

  const keep = async (given: ReturnType<typeof tier>, store: EventStore) => {
    const keeper = await startKeeper({ ...given, store });
    await keeper.alarmed(2n);
    await keeper.stop();
    return keeper.alarms;
  };

  /** One good event first, so that there is a head beside which the flaw can be listed. */
  const withHead = async (given: ReturnType<typeof tier>) => {
    const [good] = await record(given.store, 1);
    const keeper = await startKeeper(given);
    await grownTo(given.book, 1);
    await keeper.stop();
    return good!;
  };

  it('is not sealed without a seal: a row inserted by a database insider', async () => {
    const given = tier();
    await withHead(given);
    const [row] = await record(given.store, 1);
    expect(await keep(given, sealedBy(undefined)(given.store))).toEqual([
      { code: 'unsealed', events: [expect.objectContaining({ position: row!.position, reason: 'no-seal' })] },
    ]);
    expect((await given.book.head())?.size).toBe(1);
    expect(await given.book.entryOf(row!.hash)).toBeUndefined();
    expect(await given.book.unsealed(10)).toHaveLength(1);
    expect(await given.book.place()).toBe(row!.position);
  });

  it('is not sealed under a forged seal, or one that covers something else', async () => {
    for (const [make, reason] of [
      [(row: Recorded) => testSealer().seal([row.hash]), 'seal-forged'],
      [(_: Recorded, seal: CommitSeal) => seal, 'not-in-the-seal'],
    ] as const) {
      const seal = testSealer();
      const given = tier(seal);
      const good = await withHead(given);
      const [row] = await record(given.store, 1);
      const other = make(row!, seal.seal([good.hash]));
      await keep(given, sealedBy(other)(given.store));
      expect(await given.book.unsealed(10)).toMatchObject([{ hash: row!.hash, reason }]);
    }
  });

  it('is not sealed when a service wrote what is not its business', async () => {
    const privateKey = newPrivateKey();
    const given = {
      ...tier(),
      store: memoryEventStore({ seal: sealer('supervision', testSource, privateKey) }),
      verifySeal: sealVerifier(() => [serviceKey('supervision', privateKey)]),
    };
    const [card] = await given.store.append(newStream(), 0, []).then(async () => {
      const stream = newStream();
      const done = await given.store.append(
        stream,
        0,
        testEvents(1, { stream, type: 'liandong.card.shown.v1' }),
      );
      return done.ok ? done.value : [];
    });
    const keeper = await startKeeper(given);
    await grownTo(given.book, 1);
    const [row] = await record(given.store, 1);
    await keeper.alarmed(row!.position);
    await keeper.stop();
    expect(await given.book.entryOf(card!.hash)).toBeDefined();
    expect(await given.book.unsealed(10)).toMatchObject([
      { hash: row!.hash, reason: 'service-not-entitled' },
    ]);
  });

  it('is not sealed when its bytes are not those of its hash, or its columns say something else', async () => {
    const changes: readonly ((row: Recorded) => Recorded)[] = [
      (row) => ({ ...row, bytes: row.bytes.map((byte, n) => (n === 40 ? byte ^ 1 : byte)) }),
      (row) => ({ ...row, type: 'liandong.item.other.v1' }),
      (row) => ({ ...row, id: 'another' }),
      (row) => ({ ...row, stream: newStream() }),
    ];
    for (const change of changes) {
      const given = tier();
      await withHead(given);
      const [row] = await record(given.store, 1);
      await keep(
        given,
        showing(given.store, (one) => (one.position === row!.position ? change(one) : one)),
      );
      expect(await given.book.unsealed(10)).toMatchObject([{ hash: row!.hash, reason: 'bytes-changed' }]);
      expect((await given.book.head())?.size).toBe(1);
    }
  });

  it('is not sealed a second time: an old event played again', async () => {
    const given = tier();
    const old = await withHead(given);
    const [row] = await record(given.store, 1);
    const copied = showing(given.store, (one) =>
      one.position === row!.position ? { ...old, position: one.position } : one,
    );
    await keep(given, {
      ...copied,
      seals: (events) => given.store.seals(events.map(() => old)),
    });
    expect(await given.book.unsealed(10)).toMatchObject([{ hash: old.hash, reason: 'already-sealed' }]);
    expect((await given.book.head())?.size).toBe(1);
  });

  it('is listed as soon as there is a head, when it came before the first', async () => {
    const seal = testSealer();
    const given = tier(seal);
    const [bad] = await record(given.store, 1);
    const hiding: EventStore = {
      ...given.store,
      seals: async (events) =>
        (await given.store.seals(events)).map((one, n) =>
          events[n]?.position === bad!.position ? undefined : one,
        ),
    };
    const keeper = await startKeeper({ ...given, store: hiding });
    await record(given.store, 1);
    await grownTo(given.book, 1);
    await keeper.stop();
    expect(await given.book.unsealed(10)).toMatchObject([{ hash: bad!.hash, reason: 'no-seal' }]);
    expect((await given.book.entries(0, 5)).map(({ position }) => position)).toEqual([2n]);
  });

  it('is judged by the key that is valid at its place in the ledger', async () => {
    const seal = testSealer();
    const given = {
      ...tier(seal),
      verifySeal: (s: Source, one: CommitSeal, seq: number) => seq < 2 && seal.verify(s, one),
    };
    for (let n = 0; n < 3; n++) await record(given.store, 1);
    const keeper = await startKeeper(given);
    await keeper.alarmed(3n);
    await keeper.stop();
    expect((await given.book.head())?.size).toBe(2);
    expect(await given.book.unsealed(10)).toMatchObject([{ position: 3n, reason: 'seal-forged' }]);
  });
});

describe('a keeper that fails', () => {
  type Fault = (book: MemoryLedgerBook) => { readonly book: LedgerBook; readonly sign: SignEd25519 };
  const onlyOnce = (fail: () => never) => {
    let failed = false;
    return () => {
      if (failed) return;
      failed = true;
      fail();
    };
  };
  const broken = (): never => {
    throw new Error('power cut');
  };
  const faults: readonly (readonly [string, Fault])[] = [
    [
      'before it signs',
      (book) => {
        const fail = onlyOnce(broken);
        return { book, sign: (message) => (fail(), sign(message)) };
      },
    ],
    [
      'after it signed and before it wrote',
      (book) => {
        const fail = onlyOnce(broken);
        return { book: { ...book, extend: async (batch) => (fail(), book.extend(batch)) }, sign };
      },
    ],
    [
      'after it wrote and before it heard of it',
      (book) => {
        const fail = onlyOnce(broken);
        return {
          book: {
            ...book,
            extend: async (batch) => {
              const done = await book.extend(batch);
              fail();
              return done;
            },
          },
          sign,
        };
      },
    ],
  ];

  it.each(faults)('%s goes on with the same tree', async (_, make) => {
    const given = tier();
    await record(given.store, 300);
    const faulty = { ...given, ...make(given.book) };
    const settings = { pageSize: 64, batchSize: 64 };
    const first = await startKeeper(faulty, { settings });
    await expect(first.ended).rejects.toThrow('power cut');
    await record(given.store, 40);
    const second = await startKeeper(faulty, { settings });
    await grownTo(given.book, 340);
    await second.stop();
    expect((await given.book.entries(0, 400)).map(({ position }) => position)).toEqual(
      Array.from({ length: 340 }, (_each, n) => BigInt(n + 1)),
    );
    expect(await rootOf(given.book)).toBe(await rebuilt(given));
    expect(await given.book.unsealed(10)).toEqual([]);
  });

  it('because another writes as well ends, and only one of the two extends the ledger', async () => {
    const given = tier();
    const lease = (await given.book.acquireLease())!;
    // A lease that both believe to hold: what remains is the comparison of heads.
    const both = { ...given, acquireLease: async () => lease };
    const keepers = await Promise.all([startKeeper(both), startKeeper(both)]);
    const outcomes = Promise.allSettled(keepers.map(({ ended }) => ended));
    let ended = 0;
    for (const keeper of keepers)
      keeper.ended.then(
        () => (ended += 1),
        () => (ended += 1),
      );
    let size = 0;
    while (ended === 0) {
      await record(given.store, 1);
      size += 1;
      await grownTo(given.book, size);
    }
    await record(given.store, 5);
    await grownTo(given.book, size + 5);
    for (const keeper of keepers) await keeper.stop().catch(() => undefined);
    const failures = (await outcomes).filter(({ status }) => status === 'rejected');
    expect(failures).toMatchObject([{ reason: { message: 'another keeper writes this ledger' } }]);
    expect(await rootOf(given.book)).toBe(await rebuilt(given));
  });

  it('to find what it sealed last signs nothing more: a store that was cut short behind its back', async () => {
    const given = tier();
    await record(given.store, 5);
    const keeper = await startKeeper(given);
    await grownTo(given.book, 5);

    // The last event is gone, and its place was given to another.
    const other = { hash: 'f'.repeat(64) as Recorded['hash'] };
    let cut = false;
    const restored = showing(given.store, (one) => (cut && one.position === 5n ? { ...one, ...other } : one));
    await keeper.stop();
    cut = true;
    const again = await startKeeper({ ...given, store: restored });
    await again.alarmed();
    expect(again.keeper.status()).toEqual({
      state: 'damaged',
      damage: { code: 'sealed-event-gone', seq: 4, position: 5n },
    });
    await record(given.store, 2);
    await again.stop();
    expect((await given.book.head())?.size).toBe(5);
  });

  it('to find what it sealed last while it runs stops as well', async () => {
    const given = tier();
    let cut = false;
    const other = { hash: 'f'.repeat(64) as Recorded['hash'] };
    const shortened: EventStore = {
      ...given.store,
      readAll: async (after, limit) =>
        (await given.store.readAll(after, limit)).map((one) =>
          cut && limit === 1 ? { ...one, ...other } : one,
        ),
    };
    const keeper = await startKeeper({ ...given, store: shortened });
    await record(given.store, 3);
    await grownTo(given.book, 3);
    cut = true;
    await record(given.store, 1);
    await keeper.alarmed(4n);
    expect(keeper.keeper.status()).toMatchObject({ state: 'damaged' });
    await keeper.stop();
    expect((await given.book.head())?.size).toBe(3);
  });

  it('to make the signed root of the tiles it finds signs nothing: a tile was changed', async () => {
    const given = tier();
    await record(given.store, 5);
    const keeper = await startKeeper(given);
    await grownTo(given.book, 5);
    await keeper.stop();
    const torn: LedgerBook = {
      ...given.book,
      tile: async (tile) => (await given.book.tile(tile))?.map((byte, n) => (n === 33 ? byte ^ 1 : byte)),
    };
    await record(given.store, 1);
    const again = await startKeeper({ ...given, book: torn });
    await again.alarmed();
    await again.stop();
    expect(again.alarms).toEqual([{ code: 'damaged', damage: { code: 'tiles-are-not-the-head', size: 5 } }]);
    expect((await given.book.head())?.size).toBe(5);
  });
});

describe('the guard', () => {
  const guarded = (of: number, quorum: number, answers: () => readonly number[]) => ({
    largestKnown: async () => ({ answers: answers(), of }),
    quorum,
  });

  it('signs once so many witnesses answered that every quorum has one among them', async () => {
    const given = tier();
    await record(given.store, 2);
    let answers: readonly number[] = [0];
    const keeper = await startKeeper(
      given,
      guarded(4, 3, () => answers),
    );
    await keeper.alarmed();
    expect(keeper.keeper.status()).toEqual({ state: 'unwitnessed', answers: 1, needed: 2, of: 4 });
    expect(keeper.alarms).toEqual([{ code: 'unwitnessed', answers: 1, needed: 2, of: 4 }]);
    expect(await given.book.head()).toBeUndefined();
    answers = [0, 0];
    await grownTo(given.book, 2);
    await keeper.stop();
  });

  it('refuses to sign over a history that a witness has seen more of: a restored backup', async () => {
    const given = tier();
    await record(given.store, 7);
    const before = await startKeeper(given);
    await grownTo(given.book, 7);
    await before.stop();

    // The store and the ledger come back as they were at 3; the witnesses know 7.
    const restored = { ...tier(), store: given.store };
    const store = showing(given.store, (one) => one);
    const shorter: EventStore = {
      ...store,
      readAll: async (after, limit) =>
        (await store.readAll(after, limit)).filter(({ position }) => position <= 3n),
    };
    const keeper = await startKeeper(
      { ...restored, verifySeal: given.verifySeal, store: shorter },
      guarded(4, 3, () => [7, 0, 7]),
    );
    await keeper.alarmed();
    expect(keeper.keeper.status()).toEqual({ state: 'behind', stored: 3, known: 7 });
    expect(keeper.alarms).toEqual([{ code: 'behind', stored: 3, known: 7 }]);
    await keeper.stop();
    expect(await restored.book.head()).toBeUndefined();
  });

  it('goes on once what was missing is back', async () => {
    const given = tier();
    await record(given.store, 3);
    const keeper = await startKeeper(
      given,
      guarded(4, 3, () => [5, 5]),
    );
    await keeper.alarmed();
    await record(given.store, 2);
    await grownTo(given.book, 5);
    await keeper.stop();
  });

  it('signs nothing over a store that was written on since, when it holds as much as before and not the same', async () => {
    const given = tier();
    await record(given.store, 5);
    const { root } = await rebuildLedger({ ...given, source: testSource, sha256 });
    const shown = [{ size: 5, root }];
    const asked = { largestKnown: async () => ({ answers: [5, 5], of: 4, shown }), quorum: 3 };

    const other = tier();
    await record(other.store, 6);
    const keeper = await startKeeper(other, asked);
    await keeper.alarmed();
    expect(keeper.keeper.status()).toEqual({ state: 'parted', size: 5 });
    expect(keeper.alarms).toEqual([{ code: 'parted', size: 5 }]);
    await keeper.stop();
    expect(await other.book.head()).toBeUndefined();

    await record(given.store, 1);
    const same = await startKeeper(given, asked);
    await grownTo(given.book, 6);
    await same.stop();
  });

  it('signs no head below what a witness knows, when the ledger is made anew from the store', async () => {
    const given = tier();
    await record(given.store, 300);
    const sizes: number[] = [];
    const seen: SignEd25519 = (message) => {
      sizes.push(Number(Buffer.from(message).toString().split('\n')[1]));
      return sign(message);
    };
    const keeper = await startKeeper(
      { ...given, sign: seen },
      { ...guarded(4, 3, () => [290, 12]), settings: { pageSize: 50, batchSize: 50 } },
    );
    await grownTo(given.book, 300);
    await keeper.stop();
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(290);
    expect(await rootOf(given.book)).toBe(await rebuilt(given));
  });
});

describe('a ledger made anew from the store', () => {
  it('has the root the keeper signed, at every size', async () => {
    const given = tier();
    const roots = new Map<number, string>();
    const book: LedgerBook = {
      ...given.book,
      extend: async (batch) => {
        roots.set(batch.head.size, Buffer.from(batch.head.root).toString('hex'));
        return given.book.extend(batch);
      },
    };
    await record(given.store, 600);
    const keeper = await startKeeper({ ...given, book }, { settings: { pageSize: 37, batchSize: 70 } });
    await grownTo(given.book, 600);
    await keeper.stop();
    expect(roots.size).toBeGreaterThan(5);
    for (const [size, root] of roots) expect(await rebuilt(given, size)).toBe(root);
  });

  it('is empty for a store without own events', async () => {
    const given = tier();
    await receive(given.store, 3);
    expect(await rebuilt(given)).toBe(Buffer.from(emptyRoot(sha256)).toString('hex'));
  });

  it('belongs to one epoch: events of an earlier one are in another ledger', async () => {
    const given = tier();
    await record(given.store, 2);
    const next = sourceOf({ ...self, tier: '431000' as TierCode, epoch: 1 });
    const { size } = await rebuildLedger({
      source: next,
      store: given.store,
      sha256,
      verifySeal: given.verifySeal,
    });
    expect(size).toBe(0);
  });
});

it('no head leaves the keeper but through the book', async () => {
  const given = tier();
  await record(given.store, 1);
  const keeper = await startKeeper(given);
  await grownTo(given.book, 1);
  await keeper.stop();
  const note = parseNote((await given.book.head())!.note);
  expect(note.ok && note.value.signatures.map(({ name }) => name)).toEqual([logKey.name]);
  expect((await given.book.place()) satisfies Position).toBe(1n);
});
