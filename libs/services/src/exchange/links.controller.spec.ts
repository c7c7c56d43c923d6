import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { memoryLedgerBook, memoryLinkBook } from '@liandong/adapters/memory';
import { type Exchange, heldNumber } from '@liandong/application';
import { ok, type TierCode } from '@liandong/kernel';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Caller } from '../identity/caller.ts';
import { createHttpApp } from '../platform/http-app.ts';
import type { ActiveExchange } from './active-exchange.ts';
import { ExchangeModule } from './exchange.module.ts';

const [city, county] = ['431000', '431021'] as [TierCode, TierCode];
const book = memoryLinkBook(city);
const asked: unknown[] = [];
let standingBy = false;
const exchange: Exchange = {
  run: () => Promise.resolve(),
  accept: () => Promise.reject(new Error('no link here')),
  status: () => Promise.reject(new Error('not asked in this test')),
  redrive: (only) => {
    asked.push(only ?? 'all');
    return Promise.resolve([{ author: county, number: only?.number ?? 7, state: 'imported' }]);
  },
  resumeLink: async (peer) => void asked.push(peer),
};
const active: ActiveExchange = {
  book,
  current: () => (standingBy ? undefined : exchange),
  linkPort: () => undefined,
  follower: { name: 'exchange', run: () => new Promise((resolve) => setImmediate(resolve)) },
};
const person = (role: string) =>
  ({ sub: 'p', tier: city, department: 'D', roles: [role] }) as unknown as Caller;

let app: NestFastifyApplication;
beforeAll(async () => {
  app = await createHttpApp(
    ExchangeModule.with({
      active,
      handBack: () => Promise.resolve([]),
      authenticate: (authorization) => Promise.resolve(ok(person(String(authorization)))),
      readiness: [],
      ledger: {
        ...{ origin: 'test.example/431000/1', book: memoryLedgerBook() },
        store: { readAll: () => Promise.resolve([]) },
        recovery: () => undefined,
        opener: () => undefined,
        revokeKey: () => Promise.reject(new Error('not asked in this test')),
        rotateKey: () => Promise.reject(new Error('not asked in this test')),
      },
    }),
  );
  await app.init();
});
afterAll(() => app.close());

const ask = async (method: 'GET' | 'POST', url: string, role: string, payload?: object) => {
  const { statusCode, body } = await app.inject({
    method,
    url,
    headers: { authorization: role },
    ...(payload && { payload }),
  });
  return { status: statusCode, body: JSON.parse(body) as Record<string, unknown> };
};

describe('the operator of the exchange', () => {
  it('sees what is parked, with the reason and without the content', async () => {
    await book.hold({
      author: county,
      number: 7,
      seq: 9,
      hash: 'ab'.repeat(32) as never,
      bytes: new Uint8Array([1]),
      seal: { service: 'approval', keyId: '0123abcd', leaves: [], signature: new Uint8Array(64) },
      state: 'parked',
      reason: 'wrong-height',
      stream: 'case-x',
      type: 'liandong.case.opinionGiven.v1',
      missing: [],
      since: '2026-03-02T01:00:00.000Z',
      attempts: 1,
    });
    const { status, body } = await ask('GET', '/parked', 'operator');
    expect(status).toBe(200);
    expect(body['items']).toMatchObject([{ author: county, number: 7, reason: 'wrong-height' }]);
    expect(JSON.stringify(body)).not.toMatch(/bytes|signature/);
    expect((await ask('GET', '/parked?state=waiting', 'auditor')).body).toEqual({ items: [] });
  });

  it('sees one with its bytes, and records that could not be read with theirs', async () => {
    const { status, body } = await ask('GET', `/parked/${county}/7`, 'operator');
    expect([status, body['bytes'], body['reason']]).toEqual([200, 'AQ==', 'wrong-height']);
    expect((await ask('GET', `/parked/${county}/8`, 'operator')).body).toMatchObject({ code: 'not-found' });
    const at = '2026-03-02T01:00:00.000Z';
    const detail = 'record 5: content-type is missing';
    await book.report({ code: 'unreadable-record', peer: county, detail, at, bytes: new Uint8Array([7]) });
    await book.report({ code: 'heartbeat-forged', peer: county, detail: '', at });
    expect((await ask('GET', '/parked/records', 'operator')).body).toEqual({
      items: [{ peer: county, reason: detail, at, bytes: 'Bw==' }],
    });
    expect((await ask('GET', '/parked/records', 'windowClerk')).status).toBe(403);
  });

  it('sees all that is parked page by page, and is told of a cursor that is none', async () => {
    const one = await book.heldAt(county, 7);
    if (one === undefined) throw new Error('nothing is parked');
    for (let number = 8; number <= 67; number++) {
      await book.hold({ ...one, number });
      await book.hold({ ...one, number: heldNumber({ number, epoch: 1 }) });
    }
    const names: unknown[] = [];
    let url: string | undefined = '/parked';
    while (url !== undefined) {
      const { body } = await ask('GET', url, 'operator');
      const items = body['items'] as { number: number; epoch?: number }[];
      names.push(...items.map(({ number, epoch = 'now' }) => `${epoch}.${number}`));
      const cursor = body['nextCursor'];
      url = typeof cursor === 'string' ? `/parked?cursor=${cursor}` : undefined;
    }
    expect(names).toEqual([
      ...Array.from({ length: 60 }, (_, n) => `1.${67 - n}`),
      ...Array.from({ length: 61 }, (_, n) => `now.${7 + n}`),
    ]);
    for (const cursor of ['x', Buffer.from('no place').toString('base64url')])
      expect((await ask('GET', `/parked?cursor=${cursor}`, 'operator')).status).toBe(422);
  });

  it('re-drives all, or one by its author and number', async () => {
    expect((await ask('POST', '/parked/redrive', 'operator', {})).body).toEqual({
      items: [{ author: county, number: 7, state: 'imported' }],
    });
    await ask('POST', '/parked/redrive', 'operator', { author: county, number: 7 });
    expect(asked).toEqual(['all', { author: county, number: 7 }]);
  });

  it('names what is held from a former epoch of its author by that epoch and its number there', async () => {
    const one = await book.heldAt(county, 7);
    if (one === undefined) throw new Error('nothing is parked');
    const inBook = heldNumber({ number: 7, epoch: 1 });
    await book.hold({ ...one, number: inBook, reason: 'context-unknown' });
    const name = { author: county, number: 7, epoch: 1 };
    const { body } = await ask('GET', '/parked?limit=200', 'operator');
    expect(body['items']).toContainEqual(expect.objectContaining({ ...name, reason: 'context-unknown' }));
    const shown = await ask('GET', `/parked/${county}/7?epoch=1`, 'operator');
    expect(shown.body).toMatchObject({ ...name, reason: 'context-unknown', bytes: 'AQ==' });
    expect((await ask('GET', `/parked/${county}/7`, 'operator')).body).toMatchObject({
      reason: 'wrong-height',
    });
    expect((await ask('GET', `/parked/${county}/7?epoch=2`, 'operator')).status).toBe(404);
    expect((await ask('POST', '/parked/redrive', 'operator', name)).body).toEqual({
      items: [{ ...name, state: 'imported' }],
    });
    expect(asked.at(-1)).toEqual({ author: county, number: inBook });
  });

  it('resumes a stopped link', async () => {
    expect((await ask('POST', `/links/${county}/resume`, 'operator', {})).status).toBe(200);
    expect(asked.at(-1)).toBe(county);
  });

  it.each([
    ['half a name', { author: county }],
    ['a number that is none', { author: county, number: 0 }],
    ['a number as the book keeps it', { author: county, number: -1_000_000_007 }],
    ['an epoch of nothing', { epoch: 1 }],
    ['a field nobody knows', { colour: 'red' }],
  ])('is told what is wrong with %s', async (_, payload) => {
    expect((await ask('POST', '/parked/redrive', 'operator', payload)).status).toBe(422);
  });

  it('is the only one who may re-drive or resume', async () => {
    for (const role of ['auditor', 'supervisor', 'windowClerk']) {
      expect((await ask('POST', '/parked/redrive', role, {})).status).toBe(403);
      expect((await ask('POST', `/links/${county}/resume`, role, {})).status).toBe(403);
    }
    expect((await ask('GET', '/links', 'windowClerk')).status).toBe(403);
  });

  it('is told when this process stands by', async () => {
    standingBy = true;
    const { status, body } = await ask('GET', '/links', 'operator');
    expect([status, body['code']]).toEqual([503, 'not-ready']);
    standingBy = false;
  });
});
