import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { memoryParking } from '@liandong/adapters/memory';
import { type Parking, redriver, type Retry, start } from '@liandong/application';
import type { StreamName } from '@liandong/kernel';
import { type Counter, openCounter, people, type PersonId, visitor } from '../../test/counter.ts';
import { pageOf } from './answer-parts.ts';
import { ParkedAnswer, RedrivenAnswer } from './parked-answers.ts';

const at = '2026-03-02T02:00:00.000Z';
const stream = (n: number) => `case-${n.toString(16).padStart(32, '0')}` as StreamName;

let counter: Counter;
let parking: Parking;
let broken: ReadonlySet<StreamName> = new Set();
beforeAll(async () => {
  const retry: Retry = async ({ handler, stream, through }) => {
    if (broken.has(stream)) throw new Error('still broken');
    return handler !== 'views' && parking.release(handler, stream, through);
  };
  counter = await openCounter(() => ({
    parked: {
      list: (...asked) => parking.list(...asked),
      redrive: (only) =>
        redriver({
          parking,
          clock: { now: () => new Date(at) },
          retries: { views: retry, coordinator: retry, deadlines: retry, calendar: retry },
        })(only),
    },
  }));
});
afterAll(() => counter.close());
beforeEach(async () => {
  broken = new Set();
  parking = memoryParking();
  for (const [n, handler] of (['coordinator', 'deadlines', 'coordinator'] as const).entries())
    await parking.park(handler, { stream: stream(n), through: start, reason: `failed ${n}`, at });
});

const get = (path: string, who: PersonId = 'operator') => visitor(counter, who).get(path);
const post = (body: unknown, who: PersonId = 'operator') =>
  visitor(counter, who).post('/v1/parked/redrive', body);
const items = (answer: { readonly body: unknown }) =>
  (answer.body as { readonly items: readonly object[] }).items;

describe('the parked streams of a tier', () => {
  it('are listed with the reason, page by page, for those who run and watch the tier', async () => {
    const first = await get('/v1/parked?limit=2');
    const page = pageOf(ParkedAnswer).parse(first.body);
    expect(page.items).toEqual([
      {
        ...{ handler: 'coordinator', stream: stream(0), reason: 'failed 0' },
        ...{ since: at, triedAt: at, attempts: 1 },
      },
      expect.objectContaining({ handler: 'coordinator', stream: stream(2) }),
    ]);
    const rest = await get(`/v1/parked?limit=2&cursor=${page.nextCursor}`, 'auditor');
    expect(rest.body).toEqual({ items: [expect.objectContaining({ handler: 'deadlines' })] });
    expect(items(await get('/v1/parked?handler=deadlines', 'supervisor'))).toHaveLength(1);
    expect(items(await get(`/v1/parked?stream=${stream(2)}`))).toHaveLength(1);
  });

  it('are for nobody else to see, and for the operator alone to try again', async () => {
    for (const { id } of people) {
      const mayRead = ['operator', 'auditor', 'supervisor'].includes(id);
      expect([id, (await get('/v1/parked', id)).status]).toEqual([id, mayRead ? 200 : 403]);
      const mayRedrive = id === 'operator';
      const { status } = await post({ handler: 'views' }, id);
      expect([id, status]).toEqual([id, mayRedrive ? 200 : 403]);
    }
    expect((await parking.list({}, { limit: 9 })).rows).toHaveLength(3);
  });

  it('are tried again: one, those of a handler, or all; what still fails stays with its reason', async () => {
    expect(items(await post({ stream: stream(1) }))).toEqual([
      { handler: 'deadlines', stream: stream(1), state: 'released' },
    ]);
    broken = new Set([stream(0)]);
    const answered = items(await post({ handler: 'coordinator' }));
    expect(answered.map((item) => RedrivenAnswer.parse(item))).toEqual([
      { handler: 'coordinator', stream: stream(0), state: 'parked', reason: 'Error: still broken' },
      { handler: 'coordinator', stream: stream(2), state: 'released' },
    ]);
    expect(items(await get('/v1/parked'))).toMatchObject([
      { stream: stream(0), reason: 'Error: still broken', attempts: 2 },
    ]);
    broken = new Set();
    expect(items(await post({}))).toMatchObject([{ stream: stream(0), state: 'released' }]);
    expect(items(await post({}))).toEqual([]);
  });

  it.each(['limit=0', 'handler=nobody', 'stream=', 'stream=%00', 'page=2'])('refuse ?%s', async (query) => {
    const { status, body } = await get(`/v1/parked?${query}`);
    expect([status, body.code]).toEqual([422, 'invalid-request']);
    expect(body.errors[0].field).toBe(`/${query.split('=')[0]}`);
  });

  it.each([
    ['a handler that is none', { handler: 'nobody' }, '/handler'],
    ['an unknown field', { all: true }, '/all'],
    ['a stream that is no text', { stream: 7 }, '/stream'],
    ['a control character', { stream: 'a\u0007b' }, '/stream'],
  ])('refuse to be tried again by %s', async (_, body, field) => {
    const answer = await post(body);
    expect([answer.status, answer.body.code]).toEqual([422, 'invalid-request']);
    expect(answer.body.errors[0].field).toBe(field);
    expect((await parking.list({}, { limit: 9 })).rows).toHaveLength(3);
  });
});
