import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { nodeSuite } from '@liandong/adapters/crypto';
import { memoryEventStore, memoryLedgerBook, memoryLinkBook } from '@liandong/adapters/memory';
import {
  type EpochOpener,
  type EpochRefusal,
  type EventStore,
  originOf,
  type Recorded,
  type RecoveryRefusal,
  type ReturnedEvent,
} from '@liandong/application';
import { authorOf, refuse, ok, type TierCode } from '@liandong/kernel';
import {
  decodeBundle,
  edgeTiles,
  newTiles,
  openHead,
  tilePath,
  trustOnly,
  verifyLogFolder,
} from '@liandong/ledger';
import {
  grownTo,
  newStream,
  startKeeper,
  testEvents,
  testLogKey,
  testSealer,
  testSource,
} from '@liandong/testing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Caller } from '../identity/caller.ts';
import { createHttpApp } from '../platform/http-app.ts';
import { bodyLimit } from '../platform/limits.ts';
import type { ActiveExchange } from './active-exchange.ts';
import { ExchangeModule } from './exchange.module.ts';

const self = authorOf(testSource)!;
const origin = originOf(self);
const { logKey, sign } = testLogKey(origin);
const { seal, verify } = testSealer();
const store = memoryEventStore({ seal });
let change = (recorded: Recorded): Recorded => recorded;
const shown: Pick<EventStore, 'readAll'> = {
  readAll: async (after, limit) => (await store.readAll(after, limit)).map((one) => change(one)),
};
const book = memoryLedgerBook();
const published: number[] = [];
const revoked: string[] = [];
const received = async (): Promise<readonly ReturnedEvent[]> => {
  const records = await store.readAll(0n as never, 400);
  const seals = await store.seals(records);
  return records.map(({ bytes }, seq) => ({ seq, bytes, seal: seals[seq]! }));
};
const offered: ReturnedEvent[] = [];
let standingBy = false;
const recovery = {
  offer: (events: readonly ReturnedEvent[]) => ok(offered.push(...events)),
  recover: async () =>
    offered.length === 0
      ? refuse<RecoveryRefusal>({ code: 'events-not-returned', missing: 3, stored: 3, known: 9 })
      : ok(offered.length),
};
const former = memoryLedgerBook();
const formerOrigin = 'test.example/431000/7';
const returnedToFormer: ReturnedEvent[] = [];
const openings: unknown[] = [];
const opener: EpochOpener = {
  offer: (events) => ok(returnedToFormer.push(...events)),
  open: async (operator, end) => {
    if (end.size !== 9)
      return refuse<EpochRefusal>({ code: 'not-the-cosigned-head', size: 9, root: '0'.repeat(64) });
    openings.push([operator, end]);
    return ok({ epoch: 8, returned: 1, lost: 0, carried: 2 });
  },
};
const active: ActiveExchange = {
  book: memoryLinkBook('431000' as TierCode),
  current: () => undefined,
  linkPort: () => undefined,
  follower: { name: 'exchange', run: () => new Promise((resolve) => setImmediate(resolve)) },
};
const person = (role: string) =>
  ({ sub: 'p', tier: '431000', department: 'D', roles: [role] }) as unknown as Caller;

let app: NestFastifyApplication;

const open = () =>
  createHttpApp(
    ExchangeModule.with({
      active,
      handBack: async (author, from) =>
        author === '431000' ? (await received()).filter(({ seq }) => seq >= from) : [],
      authenticate: async (authorization) =>
        typeof authorization === 'string'
          ? ok(person(authorization))
          : refuse({ code: 'unauthenticated', reason: 'token-missing' }),
      readiness: [],
      ledger: {
        ...{ origin, book, store: shown, former: [{ origin: formerOrigin, book: former }] },
        recovery: () => (standingBy ? undefined : recovery),
        opener: () => (standingBy ? undefined : opener),
        revokeKey: async (service, keyId) => {
          if (keyId !== '0123abcd') return refuse({ code: 'not-found', what: 'key' } as const);
          revoked.push(`${service} ${keyId}`);
          return ok('revoked');
        },
        rotateKey: async (service, replaced, keyId) => {
          if (keyId !== '89abcdef') return refuse({ code: 'not-found', what: 'key' } as const);
          revoked.push(`${service} ${replaced} ${keyId}`);
          return ok('rotated');
        },
      },
    }),
  );

beforeAll(async () => {
  app = await open();
  await app.init();
});
afterAll(() => app.close());

const get = async (path: string, role?: string) => {
  const response = await app.inject({
    method: 'GET',
    url: `/ledger/${path}`,
    headers: role === undefined ? {} : { authorization: role },
  });
  return {
    status: response.statusCode,
    headers: response.headers,
    body: new Uint8Array(response.rawPayload),
  };
};

const grow = async (by: number) => {
  const stream = newStream();
  await store.append(stream, 0, testEvents(by, { stream }));
  const size = (published.at(-1) ?? 0) + by;
  const keeper = await startKeeper({
    ...{ self, store, book, acquireLease: book.acquireLease, verifySeal: verify, logKey, sign },
  });
  await grownTo(book, size);
  await keeper.stop();
  await book.anchor({ ...(await book.head())!, at: '2026-03-02T01:00:00.000Z' });
  published.push(size);
};

const folder =
  (from: (path: string) => Promise<{ status: number; body: Uint8Array }>) => async (path: string) => {
    const { status, body } = await from(`${origin}/${path}`);
    return status === 200 ? body : undefined;
  };
const whole = async () => {
  const steps = verifyLogFolder(
    nodeSuite(),
    folder((path) => get(path, 'auditor')),
    trustOnly(logKey),
  );
  for (;;) {
    const step = await steps.next();
    if (step.done === true) return step.value;
  }
};

describe('the ledger of a tier over HTTP', () => {
  it('has no checkpoint before one is anchored', async () => {
    expect((await get(`${origin}/checkpoint`)).status).toBe(404);
  });

  it('shows the anchored head as a signed note', async () => {
    await grow(3);
    const { status, headers, body } = await get(`${origin}/checkpoint`);
    expect([status, headers['content-type'], headers['cache-control']]).toEqual([
      200,
      'text/plain; charset=utf-8',
      'public, max-age=1',
    ]);
    expect(openHead(nodeSuite(), body, [logKey])).toMatchObject({
      ok: true,
      value: { checkpoint: { origin, size: 3 } },
    });
  });

  it('serves every tile and every bundle of every size it published', async () => {
    for (const by of [250, 20, 300]) await grow(by);
    for (const size of published) {
      for (const tile of [...newTiles(0, size), ...edgeTiles(size)]) {
        const { status, headers, body } = await get(`${origin}/${tilePath(tile)}`);
        expect([status, body.length]).toEqual([200, tile.width * 32]);
        expect(headers['content-type']).toBe('application/octet-stream');
        expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
        if (tile.level !== 0) continue;
        const bundle = await get(`${origin}/${tilePath({ ...tile, level: 'entries' })}`, 'auditor');
        expect(bundle.status).toBe(200);
        expect(bundle.headers['content-type']).toBe('application/octet-stream');
        expect(bundle.headers['cache-control']).toBe('private, max-age=31536000, immutable');
        expect(decodeBundle(bundle.body, tile.width).ok).toBe(true);
      }
    }
  });

  it('is a folder that verifies from the first byte to the last', async () => {
    expect(await whole()).toMatchObject({ ok: true });
  });

  it('shows an auditor what the store holds now, so that a changed byte is found and named', async () => {
    change = (one) =>
      one.position === 300n
        ? { ...one, bytes: one.bytes.map((byte, n) => (n === 9 ? byte ^ 1 : byte)) }
        : one;
    const verified = await whole();
    change = (one) => one;
    expect(verified).toEqual({
      ok: false,
      refusal: { code: 'entry-altered', path: 'tile/entries/001', seq: 299 },
    });
  });

  it('shows events to auditors and supervisors, and to nobody else', async () => {
    const path = `${origin}/tile/entries/000`;
    for (const [role, status] of [
      [undefined, 401],
      ['operator', 403],
      ['windowClerk', 403],
      ['applicant', 403],
      ['auditor', 200],
      ['supervisor', 200],
    ] as const)
      expect([role, (await get(path, role)).status]).toEqual([role, status]);
    expect((await get(`${origin}/tile/0/000`)).status).toBe(200);
  });

  it.each([
    ['beyond the size', 'tile/0/009'],
    ['wider than the size', 'tile/0/002.p/200'],
    ['of a level that is not there', 'tile/3/000.p/1'],
    ['of a level nobody has', 'tile/64/000'],
    ['spelt otherwise', 'tile/0/0'],
    ['with a width of none', 'tile/0/000.p/0'],
    ['of full width as a partial one', 'tile/0/000.p/256'],
    ['escaped', 'tile/0/%30%30%30'],
    ['with a way out', 'tile/0/..%2f0/000'],
    ['and no more', 'tile/'],
  ])('has no tile %s', async (_, path) => {
    const { status, headers } = await get(`${origin}/${path}`, 'auditor');
    // It may be there tomorrow: nobody is to keep the answer.
    expect([status, headers['cache-control']]).toEqual([404, 'no-store']);
    expect(headers['content-type']).toMatch(/^application\/problem\+json/);
  });

  it.each(['tile/entries/009', 'tile/entries/002.p/200', 'tile/entries/0', 'tile/entries/'])(
    'has no bundle %s',
    async (path) => {
      expect((await get(`${origin}/${path}`, 'auditor')).status).toBe(404);
    },
  );

  it('serves its own ledger and no other', async () => {
    for (const other of ['test.example/431000/1', 'test.example/431021/0', 'other.example/431000/0'])
      for (const path of ['checkpoint', 'tile/0/000', 'tile/entries/000'])
        expect((await get(`${other}/${path}`, 'auditor')).status).toBe(404);
  });
});

describe('a key of a tier', () => {
  const revoke = (role: string, key: string, payload: object = { reason: '私钥外泄' }) =>
    app.inject({
      method: 'POST',
      url: `/ledger/${origin}/keys/${key}/revoke`,
      headers: { authorization: role },
      payload,
    });

  it('gives way to another when an operator says so, and nobody else', async () => {
    const rotate = (role: string, payload: object) =>
      app.inject({
        ...{ method: 'POST', url: `/ledger/${origin}/keys/approval/0123abcd/rotate`, payload },
        headers: { authorization: role },
      });
    expect((await rotate('operator', { by: '89abcdef' })).statusCode).toBe(200);
    expect(revoked.splice(0)).toEqual(['approval 0123abcd 89abcdef']);
    expect((await rotate('operator', { by: 'ffffffff' })).statusCode).toBe(404);
    expect((await rotate('operator', { by: 'x' })).statusCode).toBe(422);
    expect((await rotate('auditor', { by: '89abcdef' })).statusCode).toBe(403);
    expect(revoked).toEqual([]);
  });
  it('is revoked by an operator, with a reason, and by nobody else', async () => {
    expect((await revoke('operator', 'approval/0123abcd')).statusCode).toBe(200);
    expect(revoked).toEqual(['approval 0123abcd']);
    for (const role of ['auditor', 'windowClerk'])
      expect((await revoke(role, 'approval/0123abcd')).statusCode).toBe(403);
    expect((await revoke('operator', 'approval/ffffffff')).statusCode).toBe(404);
    for (const key of ['log/0123abcd', 'approval/xyz'])
      expect((await revoke('operator', key)).statusCode).toBe(422);
    expect((await revoke('operator', 'approval/0123abcd', { reason: ' ' })).statusCode).toBe(422);
    expect(revoked).toHaveLength(1);
  });
});

describe('events that a restored tier lacks', () => {
  const ask = async (method: 'GET' | 'POST', url: string, role: string, payload?: object) => {
    const answer = await app.inject({
      ...{ method, url, headers: { authorization: role } },
      ...(payload && { payload }),
    });
    return {
      status: answer.statusCode,
      bytes: answer.rawPayload.length,
      body: JSON.parse(answer.body) as Record<string, unknown>,
    };
  };
  const pageFrom = (from: number, author = '431000', role = 'operator') =>
    ask('GET', `/links/${author}/received?from=${from}`, role);

  it('are handed from door to door as they are, page by page', async () => {
    expect(await ask('POST', `/ledger/${origin}/recover`, 'operator', {})).toMatchObject({
      status: 409,
      body: { code: 'events-not-returned', missing: 3, stored: 3, known: 9 },
    });
    for (let from: unknown = 0; ;) {
      const page = await pageFrom(Number(from));
      expect(page.bytes).toBeLessThan(bodyLimit);
      from = page.body['next'];
      if (from === undefined) break;
      expect((await ask('POST', `/ledger/${origin}/returned`, 'operator', page.body)).status).toBe(200);
    }
    const all = await received();
    expect(
      offered.map(({ seq, bytes, seal: by }) => [seq, [...bytes], { ...by, signature: [...by.signature] }]),
    ).toEqual(
      all.map(({ seq, bytes, seal: by }) => [seq, [...bytes], { ...by, signature: [...by.signature] }]),
    );
    expect((await ask('POST', `/ledger/${origin}/recover`, 'operator', {})).body).toEqual({
      recovered: all.length,
    });
    expect((await pageFrom(0, '431021')).body).toEqual({ entries: [], seals: [] });
  });

  it('are for operators to bring back, in the ledger of this tier, while it is kept here', async () => {
    for (const role of ['auditor', 'supervisor', 'windowClerk']) {
      expect((await pageFrom(0, '431000', role)).status).toBe(403);
      expect((await ask('POST', `/ledger/${origin}/recover`, role, {})).status).toBe(403);
      expect((await ask('POST', `/ledger/${origin}/returned`, role, { entries: [], seals: [] })).status).toBe(
        403,
      );
    }
    expect((await ask('POST', '/ledger/test.example/431021/0/recover', 'operator', {})).status).toBe(404);
    const torn = { entries: [{ seq: 0, event: 'no base64!', seal: 0 }], seals: [] };
    expect((await ask('POST', `/ledger/${origin}/returned`, 'operator', torn)).status).toBe(422);
    expect((await ask('GET', `/ledger/${formerOrigin}/checkpoint`, 'operator')).status).toBe(404);
    standingBy = true;
    expect((await ask('POST', `/ledger/${origin}/recover`, 'operator', {})).status).toBe(503);
    standingBy = false;
  });
});

describe('the next epoch of a ledger', () => {
  const post = async (role: string, url: string, payload: object) => {
    const answer = await app.inject({ method: 'POST', url, headers: { authorization: role }, payload });
    return { status: answer.statusCode, body: JSON.parse(answer.body) as Record<string, unknown> };
  };
  const previous = { size: 9, root: 'ab'.repeat(32) };
  const reason = '备份恢复';

  it('is opened by an operator, who names the end of the last one and says why', async () => {
    const url = `/ledger/${origin}/open`;
    for (const role of ['auditor', 'windowClerk'])
      expect((await post(role, url, { previous, reason })).status).toBe(403);
    for (const body of [{ previous }, { previous, reason: ' ' }, { previous: { size: 9 }, reason }])
      expect((await post('operator', url, body)).status).toBe(422);
    expect(await post('operator', url, { previous: { ...previous, size: 8 }, reason })).toMatchObject({
      status: 409,
      body: { code: 'not-the-cosigned-head', size: 9 },
    });
    expect(openings).toEqual([]);
    expect(await post('operator', url, { previous, reason })).toEqual({
      status: 200,
      body: { epoch: 8, returned: 1, lost: 0, carried: 2 },
    });
    expect(openings).toEqual([['p', { ...previous, reason }]]);
    standingBy = true;
    expect((await post('operator', url, { previous, reason })).status).toBe(503);
    standingBy = false;
  });

  it('takes what others give back of the last one, and of no other', async () => {
    const nothing = { entries: [], seals: [] };
    expect((await post('operator', `/ledger/${formerOrigin}/returned`, nothing)).body).toEqual({
      offered: 0,
    });
    expect((await post('operator', '/ledger/test.example/431000/6/returned', nothing)).status).toBe(404);
    expect((await post('operator', `/ledger/${formerOrigin}/recover`, {})).status).toBe(404);
  });
});
