import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sha256 } from '@liandong/adapters/crypto';
import { memoryEventStore, memoryOverviewBook } from '@liandong/adapters/memory';
import { catalogueBook, overviewDesk, type OverviewRow, ratesBook, regionBook } from '@liandong/application';
import { type Counted, figures, figuresAt } from '@liandong/domain/supervision';
import { type EventHash, sourceOf, type StreamName, type TierCode } from '@liandong/kernel';
import { testSealer } from '@liandong/testing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { authenticator, developmentIssuer, localKeys } from '../identity/index.ts';
import { createHttpApp } from '../platform/index.ts';
import { MatterEventsAnswer, OverviewAnswer, RowsAnswer } from './overview-answers.ts';
import { supervisionOperations } from './operations.ts';
import { SupervisionModule } from './supervision.module.ts';

const [city, county, township] = ['431000', '431021', '431021106'] as [TierCode, TierCode, TierCode];
const superiorsOf = (tier: TierCode) => (tier === city ? [] : tier === county ? [city] : [county, city]);
const department = '11440232MB2D06811W';
const now = '2026-03-02T02:00:00.000Z';
const stream = (n: number) => `case-${n.toString(16).padStart(32, '0')}` as StreamName;
const unused = async () => {
  throw new Error('no card is asked for');
};

const open: Counted = { kind: 'limit', element: 'case', from: now, standing: { promisedDays: 7 } };
const late: Counted = { ...open, standing: { promisedDays: 7, overPromisedAt: now } };
const row = (n: number, tier: TierCode, counted: Counted, staff?: string): OverviewRow => ({
  ...{ key: `${stream(n)}#0`, stream: stream(n), matter: stream(n), at: now, counted },
  place: { tier, department, window: 'w-1', item: '431000001', ...(staff !== undefined && { staff }) },
  event: 'a'.repeat(64) as EventHash,
  figures: figuresAt(counted, now),
});

const store = memoryEventStore({
  seal: testSealer('approval', sourceOf({ network: 'test.example', tier: county, epoch: 1 })).seal,
});
const book = memoryOverviewBook();
const listeners = new Set<() => void>();
let app: NestFastifyApplication;
let issuer: Awaited<ReturnType<typeof developmentIssuer>>;

/** Puts a row and says so, as the keeper does. */
const put = async (each: OverviewRow) => {
  await book.put(each.stream, [each], undefined);
  for (const heard of listeners) heard();
};

beforeAll(async () => {
  issuer = await developmentIssuer({
    ...{ demonstration: true, issuer: 'http://127.0.0.1:1', audience: 'liandong' },
    people: [
      { id: 'above', name: 'a', tier: city, department: '', roles: ['supervisor'] },
      { id: 'supervisor', name: 's', tier: county, department: '', roles: ['supervisor'] },
      { id: 'clerk', name: 'c', tier: county, department, roles: ['windowClerk'] },
      { id: 'applicant', name: 'p', tier: county, department: '', roles: ['applicant'] },
      { id: 'below', name: 'b', tier: township, department: '', roles: ['supervisor'] },
    ],
  });
  const directory = regionBook(store, () => undefined);
  const nothing = { decodeItem: () => undefined, decodeUniformity: () => undefined };
  const desk = overviewDesk({
    ...{ tier: county, members: [city, county, township], superiorsOf, store, book },
    rates: ratesBook({ catalogue: catalogueBook({ store, sha256, ...nothing }), directory, superiorsOf }),
    ...{ clock: { now: () => new Date(now) }, wait: async () => undefined },
    keeper: {
      catchUp: async () => undefined,
      changed: (signal) =>
        new Promise((resolve) => {
          const heard = () => {
            listeners.delete(heard);
            resolve();
          };
          listeners.add(heard);
          signal.addEventListener('abort', heard);
        }),
    },
  });
  app = await createHttpApp(
    SupervisionModule.with({
      overview: { tier: county, desk, longestStream: 600_000 },
      ...{ assessments: undefined as never, terms: undefined as never },
      desk: { read: unused, give: unused, explain: unused },
      book: { cards: unused, counts: unused },
      oversight: { overseenOf: unused, disagreements: unused },
      ...{ clock: { now: () => new Date(now) }, superiors: [city], readiness: [], followers: [] },
      authenticate: authenticator({
        ...{ tier: county, superiors: [city], issuer: issuer.issuer, audience: issuer.audience },
        keys: localKeys(issuer.jwks),
      }),
    }),
  );
  await app.listen(0, '127.0.0.1');
  await put(row(1, county, open, 'clerk-1'));
  await put(row(2, county, late, 'clerk-1'));
  await put(row(3, township, open));
  await put(row(4, city, late));
});
afterAll(() => app.close());

const request = async (person: string, path: string, signal?: AbortSignal) =>
  fetch(`${await app.getUrl()}/v1/${path}`, {
    headers: { authorization: `Bearer ${(await issuer.tokenFor(person)) ?? ''}` },
    ...(signal !== undefined && { signal }),
  });
const ask = async (person: string, path: string) => {
  const response = await request(person, path);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};

describe('the doors of the overview', () => {
  it('show every tier from this one down, and none above', async () => {
    const { items, asOf, terms } = OverviewAnswer.parse((await ask('clerk', 'overview/tier')).body);
    expect([asOf, terms]).toEqual([now, 'overview@1']);
    expect(items.map(({ tier, counts }) => [tier, counts['open'], counts['late']])).toEqual([
      [county, 2, 1],
      [township, 1, 0],
    ]);
    const below = OverviewAnswer.parse((await ask('above', `overview/tier?under=${township}`)).body);
    expect(below.items.map(({ tier }) => tier)).toEqual([township]);
    expect(await ask('supervisor', `overview/tier?under=${city}`)).toMatchObject({
      ...{ status: 404, body: { code: 'not-found', what: 'tier' } },
    });
  });

  it('open to the staff of this tier and of those above it alone', async () => {
    expect((await ask('above', 'overview/window')).status).toBe(200);
    expect((await ask('below', 'overview/window')).body['code']).toBe('other-tier');
    for (const path of [
      'overview/tier',
      'overview/tier/live',
      'overview-rows/open',
      `matters/${stream(1)}/events`,
    ])
      expect((await ask('applicant', path)).body['code']).toBe('role-not-entitled');
    expect((await request('nobody', 'overview/tier')).status).toBe(401);
  });

  it('name members of staff to nobody but those who answer for them', async () => {
    for (const path of [
      'overview/staff',
      'overview/staff/live',
      'overview/tier?staff=clerk-1',
      'overview-rows/open?staff=clerk-1',
    ])
      expect((await ask('clerk', path)).body).toMatchObject({
        code: 'role-not-entitled',
        action: 'overview.staff',
      });
    const { items } = OverviewAnswer.parse((await ask('supervisor', 'overview/staff')).body);
    expect(items.map(({ staff, counts }) => [staff, counts['open']])).toEqual([
      ['clerk-1', 2],
      [undefined, 1],
    ]);
    const behind = async (person: string) =>
      RowsAnswer.parse((await ask(person, 'overview-rows/late')).body).items.map(({ staff }) => staff);
    expect(await behind('clerk')).toEqual([undefined]);
    expect(await behind('supervisor')).toEqual(['clerk-1']);
  });

  it('go down from a figure to its things and their events, page by page', async () => {
    const page = async (path: string) => RowsAnswer.parse((await ask('clerk', path)).body);
    const first = await page('overview-rows/open?limit=2');
    const second = await page(`overview-rows/open?limit=2&cursor=${String(first.nextCursor)}`);
    expect([...first.items, ...second.items].map((each) => each.stream)).toEqual([3, 2, 1].map(stream));
    expect(second.nextCursor).toBeUndefined();
    expect((await page(`overview-rows/late?under=${township}`)).items).toEqual([]);
    expect((await ask('clerk', `matters/${stream(1)}/events`)).body).toMatchObject({ code: 'not-found' });
    const lines = OverviewAnswer.parse((await ask('clerk', 'overview/tier?limit=1')).body);
    const more = OverviewAnswer.parse(
      (await ask('clerk', `overview/tier?limit=1&cursor=${String(lines.nextCursor)}`)).body,
    );
    expect([...lines.items, ...more.items].map(({ tier }) => tier)).toEqual([county, township]);
  });

  it('name what a request gets wrong', async () => {
    for (const path of [
      'overview/colour',
      'overview-rows/lunch',
      'overview/tier?under=1',
      'overview/tier?who=me',
      'matters/x/events',
    ])
      expect([path, (await ask('clerk', path)).status]).toEqual([path, 422]);
  });

  it('push the numbers once, and again when they have changed', async () => {
    const stop = new AbortController();
    const response = await request('clerk', `overview/tier/live?under=${township}`, stop.signal);
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const events = eventsIn(response);
    const openNow = async () => {
      const { value } = await events.next();
      const [line] = OverviewAnswer.parse(value).items;
      return line?.counts['open'];
    };
    expect(await openNow()).toBe(1);
    await put(row(5, county, open));
    await put(row(6, township, open));
    expect(await openNow()).toBe(2);
    stop.abort();
  });

  it('end their streams when the service closes', async () => {
    const response = await request('clerk', 'overview/tier/live');
    const events = eventsIn(response);
    await events.next();
    const ended = events.next();
    await app.close();
    expect(await ended).toMatchObject({ done: true });
  });

  it('are all described, with nothing described that they do not show', () => {
    const described = supervisionOperations.filter(({ tag }) => tag === 'overview').map(({ path }) => path);
    expect(described).toEqual([
      ...['/v1/overview/{by}', '/v1/overview/{by}/live', '/v1/overview-rows/{figure}'],
      '/v1/matters/{matter}/events',
    ]);
    expect(Object.keys(MatterEventsAnswer.shape.items.element.shape)).not.toContain('data');
    expect(figures).toHaveLength(13);
  });
});

/** The data of each event of a stream. */
const eventsIn = async function* (response: Response): AsyncGenerator<unknown, void> {
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      const data = text
        .slice(0, end)
        .split('\n')
        .filter((line) => line.startsWith('data: '));
      text = text.slice(end + 2);
      if (data.length > 0) yield JSON.parse(data.map((line) => line.slice(6)).join('')) as unknown;
    }
  }
};
