import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { keyedNames, newPrivateKey, newSalt, newTierSecret, sealer, sha256 } from '@liandong/adapters/crypto';
import { memoryEventStore } from '@liandong/adapters/memory';
import { publishedYear } from '@liandong/adapters/reference';
import { assessmentBook, type Authoring, calendarDesk, rulesDesk } from '@liandong/application';
import { calendarFactIn, checkOwnSchema, dataschemaOf, rulesIn } from '@liandong/contracts';
import { hunan2018, packPin, strict2026 } from '@liandong/domain/supervision';
import { sourceOf, type TierCode } from '@liandong/kernel';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { randomUUID } from 'node:crypto';
import { authenticator, developmentIssuer, localKeys } from '../identity/index.ts';
import { createHttpApp } from '../platform/index.ts';
import { CalendarAnswer, HoursAnswer, RulesAnswer } from './terms-answers.ts';
import { SupervisionModule } from './supervision.module.ts';

const [city, county] = ['431000', '431021'] as [TierCode, TierCode];
const unused = async () => {
  throw new Error('no card is asked for');
};

/** The doors of one tier. The two of this spec share a store, as links would have them share its events. */
const doorOf = async (tier: TierCode) => {
  const issuer = await developmentIssuer({
    ...{ demonstration: true, issuer: 'http://127.0.0.1:1', audience: 'liandong' },
    people: (['supervisor', 'organHead', 'operator', 'applicant'] as const).map((role) => ({
      ...{ id: role, name: role, tier, department: '', roles: [role] },
    })),
  });
  const author = { network: 'test.example', tier, epoch: 1 };
  const authoring: Authoring = {
    ...{ author, sha256, newSalt, checkOwnSchema, dataschemaOf, ...keyedNames(newTierSecret()) },
    clock: { now: () => new Date('2026-03-02T02:00:00.000Z') },
  };
  const module = SupervisionModule.with({
    terms: {
      ...{ tier, sha256 },
      calendar: calendarDesk({ tier, city, store, authoring, decodeCalendar: calendarFactIn }),
      rules: rulesDesk({ tier, store, authoring, decodeRules: rulesIn }),
    },
    assessments: { tier, desk: undefined as never, book: assessmentBook(store, sha256, () => undefined) },
    overview: undefined as never,
    desk: { read: unused, give: unused, explain: unused },
    book: { cards: unused, counts: unused },
    oversight: { overseenOf: unused, disagreements: unused },
    ...{ clock: authoring.clock, superiors: [], readiness: [], followers: [] },
    authenticate: authenticator({
      ...{ tier, issuer: issuer.issuer, audience: issuer.audience, keys: localKeys(issuer.jwks) },
    }),
  });
  const app = await createHttpApp(module);
  await app.listen(0, '127.0.0.1');
  const ask = async (person: string, path: string, body?: object, key: string = randomUUID()) => {
    const response = await fetch(`${await app.getUrl()}/v1/${path}`, {
      ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
      headers: {
        authorization: `Bearer ${(await issuer.tokenFor(person)) ?? ''}`,
        ...(body !== undefined && { 'content-type': 'application/json', 'idempotency-key': `"${key}"` }),
      },
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  return { app, ask };
};

const store = memoryEventStore({
  seal: sealer('supervision', sourceOf({ network: 'test.example', tier: city, epoch: 1 }), newPrivateKey()),
});
const apps: NestFastifyApplication[] = [];
let atCity: Awaited<ReturnType<typeof doorOf>>['ask'];
let atCounty: Awaited<ReturnType<typeof doorOf>>['ask'];
beforeAll(async () => {
  const [above, below] = [await doorOf(city), await doorOf(county)];
  apps.push(above.app, below.app);
  [atCity, atCounty] = [above.ask, below.ask];
});
afterAll(async () => {
  for (const app of apps) await app.close();
});

const year = (of: number) => {
  const published = publishedYear(of);
  if (published === undefined) throw new Error(`${of} is not published`);
  return published;
};
const notice = '国务院办公厅关于2026年部分节假日安排的通知';
const reason = { zh: '暴雪停工', en: 'A blizzard' };

describe('the door of the calendar', () => {
  it('takes a year from a supervisor of the city, once, and from nobody else', async () => {
    const body = { ...year(2026), source: notice };
    for (const person of ['organHead', 'operator', 'applicant'])
      expect((await atCity(person, 'calendar/years', body)).body['code']).toBe('role-not-entitled');
    expect(await atCounty('supervisor', 'calendar/years', body)).toMatchObject({
      ...{ status: 403, body: { code: 'calendar-city-only' } },
    });
    const published = await atCity('supervisor', 'calendar/years', body, 'one');
    expect(published).toMatchObject({ status: 200, body: { repeated: false } });
    expect(await atCity('supervisor', 'calendar/years', body, 'one')).toMatchObject({
      ...{ status: 200, body: { repeated: true } },
    });
    expect(await atCity('supervisor', 'calendar/years', body)).toMatchObject({
      ...{ status: 409, body: { code: 'calendar-year-already-published', year: 2026 } },
    });
  });

  it('names the field and the rule, or the day and its flaw', async () => {
    const { body: unsourced } = await atCity('supervisor', 'calendar/years', year(2025));
    expect(unsourced).toMatchObject({ code: 'invalid-request', errors: [{ field: '/source' }] });
    const wrong = { ...year(2025), holidays: ['2025-03-08'], source: notice };
    expect(await atCity('supervisor', 'calendar/years', wrong)).toMatchObject({
      ...{ status: 422, body: { code: 'calendar-day-wrong', day: '2025-03-08', flaw: 'isWeekend' } },
    });
  });

  it('takes a correction with its reason, and shows every calendar there was to everyone', async () => {
    const { holidays, extraWorkingDays } = year(2026);
    const days = { holidays: [...holidays, '2026-03-11'], extraWorkingDays, source: notice };
    const at = 'calendar/years/2026/correction';
    expect(await atCity('supervisor', at, days)).toMatchObject({
      ...{ status: 422, body: { code: 'invalid-request', errors: [{ field: '/reason' }] } },
    });
    const unpublished = {
      ...{ holidays: [], extraWorkingDays: [], source: notice, reason },
    };
    expect(await atCity('supervisor', 'calendar/years/2030/correction', unpublished)).toMatchObject({
      ...{ status: 404, body: { code: 'calendar-year-not-published', year: 2030 } },
    });
    expect((await atCounty('supervisor', at, { ...days, reason })).status).toBe(403);
    expect((await atCity('supervisor', at, { ...days, reason })).status).toBe(200);
    const shown = CalendarAnswer.parse((await atCounty('applicant', 'calendar')).body);
    expect(shown.history.map((one) => one.calendar.split('#')[0])).toEqual(['431000@1', '431000@2']);
    expect(shown.history[1]).toEqual({ calendar: shown.calendar, reason });
    expect(shown.years[0]?.holidays).toContain('2026-03-11');
  });
});

describe('the door of office hours', () => {
  it('takes those of the tier’s own centre', async () => {
    const body = { effectiveFrom: '2026-03-02', periods: [{ opens: '09:00', closes: '17:00' }] };
    expect((await atCounty('applicant', 'office-hours', body)).status).toBe(403);
    const backwards = { ...body, periods: [{ opens: '17:00', closes: '09:00' }] };
    expect(await atCounty('supervisor', 'office-hours', backwards)).toMatchObject({
      ...{ status: 422, body: { code: 'office-hours-malformed', value: '09:00' } },
    });
    expect((await atCounty('supervisor', 'office-hours', body)).status).toBe(200);
    expect((await atCounty('supervisor', 'office-hours', body)).body['code']).toBe('office-hours-not-later');
    const hours = async (path: string) => HoursAnswer.parse((await atCity('applicant', path)).body);
    expect(await hours(`office-hours?tier=${county}`)).toEqual({ tier: county, items: [body] });
    expect(await hours('office-hours')).toEqual({ tier: city, items: [] });
  });
});

describe('the door of rule packs', () => {
  const terms = { convention: 'started', effectiveFrom: '2026-03-02' };
  const pin = packPin(sha256, hunan2018);

  it('shows what ships, and adopts it by its hash', async () => {
    const before = RulesAnswer.parse((await atCounty('organHead', 'rules')).body);
    expect(before.adopted).toEqual([]);
    expect(before.shipped.map((pack) => pack.pin)).toContain(pin);
    expect((await atCounty('organHead', 'rules', { pin, ...terms })).status).toBe(403);
    expect((await atCounty('supervisor', 'rules', { pin, ...terms })).status).toBe(200);
    const after = RulesAnswer.parse((await atCounty('organHead', 'rules')).body);
    expect(after.adopted).toMatchObject([{ pin, ...terms }]);
    expect((await atCounty('supervisor', 'rules', { pin, ...terms })).body).toMatchObject({
      ...{ code: 'rules-unchanged', pin },
    });
  });

  it('adopts a pack of one’s own, if it is the very one its hash names', async () => {
    const own = { ...strict2026, id: 'chenzhou', version: 1 };
    const named = packPin(sha256, own);
    const later = { convention: 'elapsed', effectiveFrom: '2026-03-03' };
    expect(await atCounty('supervisor', 'rules', { pin: named, ...later })).toMatchObject({
      ...{ status: 404, body: { code: 'rules-not-shipped', pin: named } },
    });
    expect(await atCounty('supervisor', 'rules', { pin: named, pack: strict2026, ...later })).toMatchObject({
      ...{ status: 422, body: { code: 'rules-other-pin', pin: named } },
    });
    const past = { ...later, effectiveFrom: '2026-03-01' };
    expect((await atCounty('supervisor', 'rules', { pin: named, pack: own, ...past })).status).toBe(409);
    expect((await atCounty('supervisor', 'rules', { pin: named, pack: own, ...later })).status).toBe(200);
  });
});
