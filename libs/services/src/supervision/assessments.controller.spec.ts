import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { keyedNames, newPrivateKey, newSalt, newTierSecret, sealer, sha256 } from '@liandong/adapters/crypto';
import { memoryEventStore } from '@liandong/adapters/memory';
import {
  assessmentBook,
  assessmentDesk,
  type Authoring,
  ownStreamHandler,
  type Recorded,
} from '@liandong/application';
import {
  checkOwnSchema,
  dataschemaOf,
  decodeAssessmentFact,
  decodeCardFact,
  decodeCaseFact,
} from '@liandong/contracts';
import {
  assessmentDecider,
  schemePin,
  scoreStream,
  standardScheme,
  type Subject,
} from '@liandong/domain/assessment';
import { decodeEvent, sourceOf, type TierCode } from '@liandong/kernel';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { randomUUID } from 'node:crypto';
import { authenticator, developmentIssuer, localKeys } from '../identity/index.ts';
import { createHttpApp } from '../platform/index.ts';
import {
  AssessmentsAnswer,
  PublicationAnswer,
  RecordedAnswer,
  SchemesAnswer,
  WholeAssessmentAnswer,
} from './assessment-answers.ts';
import { SupervisionModule } from './supervision.module.ts';

const county = '431021' as TierCode;
const department = '11440232MB2D06811W';
const subject: Subject = { kind: 'department', tier: county, department };
const name = scoreStream(sha256, county, '202601', subject);
const author = { network: 'test.example', tier: county, epoch: 1 };
const store = memoryEventStore({ seal: sealer('supervision', sourceOf(author), newPrivateKey()) });
const authoring: Authoring = {
  ...{ author, sha256, newSalt, checkOwnSchema, dataschemaOf, ...keyedNames(newTierSecret()) },
  clock: { now: () => new Date('2026-03-02T02:00:00.000Z') },
};
const decode = ({ bytes }: Recorded) => decodeAssessmentFact(decodeEvent(bytes));
const unused = async () => {
  throw new Error('no card is asked for');
};

let app: NestFastifyApplication;
let issuer: Awaited<ReturnType<typeof developmentIssuer>>;

beforeAll(async () => {
  issuer = await developmentIssuer({
    ...{ demonstration: true, issuer: 'http://127.0.0.1:1', audience: 'liandong' },
    people: [
      { id: 'supervisor', name: 's', tier: county, department: '91350100M000100Y43', roles: ['supervisor'] },
      { id: 'own', name: 'o', tier: county, department, roles: ['supervisor'] },
      { id: 'head', name: 'h', tier: county, department, roles: ['organHead'] },
      { id: 'applicant', name: 'a', tier: county, department: '', roles: ['applicant'] },
    ],
  });
  const book = assessmentBook(store, sha256, decode);
  const desk = assessmentDesk({
    ...{ tier: county, store, authoring, book, decode },
    ...{ caseFactOf: decodeCaseFact, decodeCards: decodeCardFact },
    staffNow: async () => () => undefined,
  });
  const module = SupervisionModule.with({
    assessments: { tier: county, desk, book },
    terms: undefined as never,
    overview: undefined as never,
    desk: { read: unused, give: unused, explain: unused },
    book: { cards: unused, counts: unused },
    oversight: { overseenOf: unused, disagreements: unused },
    ...{ clock: authoring.clock, superiors: [], readiness: [], followers: [] },
    authenticate: authenticator({
      ...{ tier: county, issuer: issuer.issuer, audience: issuer.audience },
      keys: localKeys(issuer.jwks),
    }),
  });
  app = await createHttpApp(module);
  await app.listen(0, '127.0.0.1');
});
afterAll(() => app.close());

const ask = async (person: string, path: string, body?: object) => {
  const response = await fetch(`${await app.getUrl()}/v1/${path}`, {
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
    headers: {
      authorization: `Bearer ${(await issuer.tokenFor(person)) ?? ''}`,
      ...(body !== undefined && {
        'content-type': 'application/json',
        'idempotency-key': `"${randomUUID()}"`,
      }),
    },
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};

describe('the doors of assessment', () => {
  const scheme = { scheme: standardScheme, effectiveFrom: '2026-01-01' };
  const reasoned = { document: 'a'.repeat(64), reasons: '核对后' };

  it('adopt a scheme, from a supervisor alone', async () => {
    expect((await ask('head', 'assessment-schemes', scheme)).body['code']).toBe('role-not-entitled');
    const [share] = standardScheme.shares;
    const flawed = { ...scheme, scheme: { ...standardScheme, shares: [share] } };
    expect(await ask('supervisor', 'assessment-schemes', flawed)).toMatchObject({
      ...{ status: 422, body: { code: 'scheme-flawed', at: 'shares', flaw: 'weights-not-100' } },
    });
    const done = await ask('supervisor', 'assessment-schemes', scheme);
    expect(RecordedAnswer.parse(done.body).events).toMatchObject([
      { type: 'liandong.assessment.schemeAdopted.v1' },
    ]);
    const { items } = SchemesAnswer.parse((await ask('head', 'assessment-schemes')).body);
    expect(items.map(({ pin }) => pin)).toEqual([schemePin(sha256, standardScheme)]);
  });

  it('publish a period that is over, and no other', async () => {
    const publish = (person: string, period: string) => ask(person, 'assessments', { period });
    expect((await publish('head', '202601')).status).toBe(403);
    expect((await publish('supervisor', '2026-01')).status).toBe(422);
    expect((await publish('supervisor', '2026')).body['code']).toBe('scheme-for-other-periods');
    expect(PublicationAnswer.parse((await publish('supervisor', '202601')).body).assessments).toEqual([]);
  });

  it('show a score with everything that was said of it, to staff', async () => {
    const handle = ownStreamHandler(store, authoring, assessmentDecider, (recorded) => {
      const fact = decode(recorded);
      return fact?.type === 'liandong.assessment.schemeAdopted.v1' ? undefined : fact;
    });
    // As if something had happened then that no longer counts.
    const score = { tenths: 900, lines: [] };
    const published = await handle({
      ...{ principal: 'supervisor', authtype: 'user', idempotencyKey: 'k', stream: name },
      command: {
        ...{ type: 'publishScore', period: '202601', subject, score, at: '2026-03-02T02:00:00.000Z' },
        ...{ by: { tier: county, role: 'supervisor' }, scheme: schemePin(sha256, standardScheme) },
      },
    });
    expect(published.ok).toBe(true);
    const { items } = AssessmentsAnswer.parse((await ask('head', 'assessments?period=202601')).body);
    expect(items).toMatchObject([{ assessment: name, score, appeal: 'none', corrected: 0 }]);
    expect((await ask('head', 'assessments?kind=staff')).body).toEqual({ items: [] });
    const shown = WholeAssessmentAnswer.parse((await ask('head', `assessments/${name}`)).body);
    expect(shown).toMatchObject({ stands: false, now: { tenths: 1000 } });
    expect((await ask('applicant', 'assessments')).status).toBe(403);
    expect((await ask('head', 'assessments/assessment-1')).status).toBe(422);
    const other = `assessments/assessment-${county}.202601.${'0'.repeat(32)}`;
    expect((await ask('head', other)).body['code']).toBe('assessment-not-found');
  });

  it('take an appeal from the unit, and let nobody judge in their own cause', async () => {
    const appeal = { ground: 'factWrong', ...reasoned };
    const at = `assessments/${name}`;
    expect((await ask('supervisor', `${at}/appeal`, appeal)).body['code']).toBe('role-not-entitled');
    expect((await ask('supervisor', `${at}/upholding`, reasoned)).body['code']).toBe(
      'assessment-not-appealed',
    );
    expect((await ask('head', `${at}/appeal`, appeal)).status).toBe(200);
    for (const [path, body] of [
      ['upholding', reasoned],
      ['correction', {}],
    ] as const)
      expect((await ask('own', `${at}/${path}`, body)).body['code']).toBe('assessment-judge-in-own-cause');
    expect((await ask('supervisor', `${at}/correction`, { tenths: 1 })).status).toBe(422);
    const done = await ask('supervisor', `${at}/correction`, {});
    expect(RecordedAnswer.parse(done.body).events).toMatchObject([
      { type: 'liandong.assessment.corrected.v1' },
    ]);
    const shown = WholeAssessmentAnswer.parse((await ask('head', at)).body);
    expect(shown).toMatchObject({ appeal: 'granted', reasons: ['appeal'], stands: true });
    expect(shown.scores.map(({ tenths }) => tenths)).toEqual([900, 1000]);
    const clear = (await store.read(name)).map(({ bytes }) => Buffer.from(bytes).toString()).join();
    expect(clear).not.toContain(reasoned.reasons);
  });
});
