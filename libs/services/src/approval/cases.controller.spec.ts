import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { type Answer, type Counter, openCounter, type PersonId, visitor } from '../../test/counter.ts';
import { departments, documentHash } from '../../test/sample-case.ts';
import { CaseAnswer, DoneAnswer, EventsAnswer, PersonalAnswer } from './case-answers.ts';

let counter: Counter;
beforeAll(async () => {
  counter = await openCounter();
});
afterAll(() => counter.close());

const as = (person: PersonId) => visitor(counter, person);

const application = {
  item: 'homestead',
  applicant: { kind: '1', creditworthy: true },
  supplied: [{ material: 'form', documents: [documentHash(2)] }],
};
const open = async (person: PersonId = 'clerk'): Promise<string> => {
  const { status, body } = await as(person).post('/v1/cases', {
    ...application,
    ...(person === 'agent' && { authorization: documentHash(9) }),
  });
  expect([status, body]).toEqual([201, expect.objectContaining({ repeated: false })]);
  return body.caseId as string;
};
const give = (person: PersonId, caseId: string, command: string, body: unknown = {}, key?: string) =>
  as(person).post(`/v1/cases/${caseId}/commands/${command}`, body, key);

const refused = ({ status, type, body }: Answer, expected: number, code: string) => {
  expect(type).toMatch(/^application\/problem\+json/);
  expect([status, body.status, body.code, body.type]).toEqual([
    expected,
    expected,
    code,
    `urn:liandong:problem:${code}`,
  ]);
  expect(body.title).toMatch(/\p{Script=Han}/u);
  expect(body.titleEn).toMatch(/[a-z]/);
  return body;
};

const inReview = async () => {
  const caseId = await open();
  for (const [person, command, body] of [
    ['clerk', 'preAccept', {}],
    ['clerk', 'accept', {}],
    ['approver', 'openStage', { stage: 'review' }],
  ] as const)
    expect((await give(person, caseId, command, body)).status).toBe(200);
  return caseId;
};
const agrees = { step: 'land', result: 'agree', document: documentHash(20) };

describe('a case at the counter', () => {
  it('goes from the window to the decision, and every answer has the documented form', async () => {
    const caseId = await inReview();
    const done = await give('approver', caseId, 'determine', agrees);
    expect(DoneAnswer.parse(done.body)).toMatchObject({
      caseId,
      events: [{ type: 'liandong.case.determined.v1' }],
      repeated: false,
    });
    const { body } = await as('clerk').get(`/v1/cases/${caseId}`);
    expect(CaseAnswer.parse(body)).toMatchObject({
      caseId,
      status: 'inReview',
      lead: { department: departments.land },
      steps: [{ id: 'land', status: 'answered', result: 'agree', round: 1 }],
    });
    const events = EventsAnswer.parse((await as('clerk').get(`/v1/cases/${caseId}/events`)).body);
    expect(events.items.map(({ type, standing }) => [type.split('.')[2], standing])).toEqual([
      ['opened', 'registered'],
      ['preAccepted', 'registered'],
      ['accepted', 'registered'],
      ['stageOpened', 'registered'],
      ['determined', 'anchored'],
    ]);
  });

  it('is shown as it stood at any moment', async () => {
    const caseId = await inReview();
    const { items } = (await as('clerk').get(`/v1/cases/${caseId}/events`)).body as {
      items: { recordedTime: string }[];
    };
    const first = items[0]?.recordedTime ?? '';
    const replay = (at: string) => as('auditor').get(`/v1/cases/${caseId}/replay?at=${at}`);
    expect(CaseAnswer.parse((await replay('2099-01-01T00:00:00.000Z')).body).status).toBe('inReview');
    expect(['draft', 'preAccepted', 'accepted', 'inReview']).toContain((await replay(first)).body.status);
    refused(await replay('2000-01-01T00:00:00.000Z'), 404, 'case-not-found');
    refused(await replay('yesterday'), 422, 'invalid-request');
  });

  it('is done once, however often the request is sent', async () => {
    const key = randomUUID();
    const first = await as('clerk').post('/v1/cases', application, key);
    const again = await as('clerk').post('/v1/cases', application, key);
    expect(again.body).toEqual({ ...first.body, repeated: true });
    refused(
      await as('clerk').post('/v1/cases', { ...application, item: 'other' }, key),
      422,
      'idempotency-key-reused',
    );
    // The key is the caller's own: another person's same key is another request.
    expect((await as('applicant').post('/v1/cases', application, key)).body.repeated).toBe(false);
  });

  it('lets one of two reviewers win who act on one step at once, and shows the other what is so', async () => {
    const caseId = await inReview();
    const before = await counter.stored();
    const answers = await Promise.all([
      give('approver', caseId, 'determine', agrees),
      give('approver2', caseId, 'determine', { ...agrees, document: documentHash(21) }),
    ]);
    const [won, lost] = answers.sort((a, b) => a.status - b.status);
    expect(won.status).toBe(200);
    const problem = refused(lost, 409, 'step-answered');
    expect(CaseAnswer.parse(problem.case)).toMatchObject({
      caseId,
      revision: 5,
      steps: [{ id: 'land', status: 'answered', round: 1 }],
    });
    expect(await counter.stored()).toBe(before + 1);
  });
});

describe('who may do what', () => {
  it.each([
    ['without a token', {}, 'token-missing'],
    ['with a broken token', { authorization: 'Bearer x.y.z' }, 'token-malformed'],
    ['with a password', { authorization: 'Basic YTpi' }, 'token-malformed'],
  ])('refuses a caller %s', async (_, headers: Record<string, string>, reason) => {
    for (const [path, method] of [
      ['/v1/cases', 'GET'],
      ['/v1/cases', 'POST'],
      [`/v1/cases/case-${'0'.repeat(32)}`, 'GET'],
      [`/v1/cases/case-${'0'.repeat(32)}/commands/accept`, 'POST'],
    ] as const) {
      const response = await fetch(`${counter.url}${path}`, { method, headers });
      expect([path, response.status, response.headers.get('www-authenticate')]).toEqual([
        path,
        401,
        'Bearer',
      ]);
      expect(await response.json()).toMatchObject({ code: 'unauthenticated', reason });
    }
  });

  it('refuses a token of another tier', async () => {
    const token = await counter.token('clerk', { elsewhere: true });
    refused(await as('clerk').ask('/v1/cases', {}, token), 403, 'other-tier');
  });

  it('refuses a role the policy does not name, before it looks at what is asked', async () => {
    const before = await counter.stored();
    const caseId = `case-${'0'.repeat(32)}`;
    for (const [person, command] of [
      ['supervisor', 'accept'],
      ['auditor', 'determine'],
      ['applicant', 'determine'],
      ['operator', 'conclude'],
      ['manager', 'accept'],
      ['nobody', 'withdraw'],
      ['clerk', 'determine'],
    ] as const)
      refused(await give(person, caseId, command, { nonsense: true }), 403, 'role-not-entitled');
    refused(await as('auditor').post('/v1/cases', application), 403, 'role-not-entitled');
    refused(await as('applicant').get('/v1/cases'), 403, 'role-not-entitled');
    refused(await as('nobody').get(`/v1/cases/${caseId}`), 403, 'role-not-entitled');
    expect(await counter.stored()).toBe(before);
  });

  it('refuses an organ the case does not name, by the rule of the case', async () => {
    const caseId = await open();
    refused(await give('agent', caseId, 'withdraw'), 403, 'not-entitled');
  });

  it('takes the acting person from the token and refuses one in the body', async () => {
    const { body, status } = await as('clerk').post('/v1/cases', {
      ...application,
      by: { role: 'organHead' },
    });
    expect(status).toBe(422);
    expect(body.errors).toEqual([expect.objectContaining({ field: '/by', rule: 'unknown-field' })]);
  });

  it('lets nobody give the commands of the tier’s own followers', async () => {
    const caseId = await open();
    for (const command of ['recordDeemedAcceptance', 'recordToleranceLapse', 'moveDeadlines'])
      refused(await give('clerk', caseId, command), 404, 'not-found');
  });

  it('shows an applicant their own case and an agent those of their point, and no other', async () => {
    const own = await open('applicant');
    const agents = await open('agent');
    const look = (person: PersonId, caseId: string) => as(person).get(`/v1/cases/${caseId}`);
    expect((await look('applicant', own)).status).toBe(200);
    expect((await look('agent', agents)).status).toBe(200);
    refused(await look('stranger', own), 404, 'case-not-found');
    refused(await look('otherAgent', agents), 404, 'case-not-found');
    refused(await look('agent', own), 404, 'case-not-found');
    for (const part of ['events', 'replay?at=2099-01-01T00:00:00.000Z'])
      refused(await as('stranger').get(`/v1/cases/${own}/${part}`), 404, 'case-not-found');
    // A refusal shows the state of a case only to those who may see it.
    const problem = refused(await give('stranger', own, 'withdraw'), 403, 'not-entitled');
    expect(problem.case).toBeUndefined();
  });
});

describe('personal fields', () => {
  const details = { applicantName: '李四', applicantPhone: '13800000000' };
  const openWithDetails = async (person: PersonId) => {
    const { body } = await as(person).post('/v1/cases', { ...application, details });
    return body.caseId as string;
  };
  const personal = (person: PersonId, caseId: string) => as(person).get(`/v1/cases/${caseId}/personal`);

  it('are shown to the applicant and the organs that handle the case', async () => {
    const caseId = await openWithDetails('applicant');
    for (const person of ['applicant', 'clerk', 'approver'] as const) {
      const { items } = PersonalAnswer.parse((await personal(person, caseId)).body);
      expect(items).toEqual([
        { event: expect.any(String), type: 'liandong.case.opened.v1', fields: details },
      ]);
    }
  });

  it('are shown to nobody else, and stand in no other answer', async () => {
    const caseId = await openWithDetails('applicant');
    refused(await personal('auditor', caseId), 403, 'role-not-entitled');
    refused(await personal('otherOrgan', caseId), 403, 'role-not-entitled');
    refused(await personal('stranger', caseId), 404, 'case-not-found');
    refused(await personal('agent', caseId), 404, 'case-not-found');
    for (const part of ['', '/events', '/replay?at=2099-01-01T00:00:00.000Z'])
      expect(JSON.stringify((await as('auditor').get(`/v1/cases/${caseId}${part}`)).body)).not.toContain(
        '李四',
      );
  });
});

describe('the counter’s door', () => {
  it('refuses what is no case, no command and no case here', async () => {
    const caseId = await open();
    refused(await give('clerk', 'case-1', 'accept'), 422, 'invalid-request');
    refused(await give('clerk', `case-${'0'.repeat(32)}`, 'accept'), 404, 'case-not-found');
    refused(await give('clerk', caseId, 'open', application), 404, 'not-found');
    refused(await give('clerk', caseId, 'dance'), 404, 'not-found');
    refused(await give('clerk', caseId, '__proto__'), 404, 'not-found');
    refused(await give('clerk', caseId, 'constructor'), 404, 'not-found');
    refused(await as('clerk').ask(`/v1/cases/${caseId}`, { method: 'PUT' }), 405, 'method-not-allowed');
  });

  it('refuses an act the state forbids, and says how things stand', async () => {
    const caseId = await open();
    const problem = refused(await give('approver', caseId, 'determine', agrees), 409, 'wrong-status');
    expect(CaseAnswer.parse(problem.case).status).toBe('draft');
  });

  it('needs an Idempotency-Key for every command', async () => {
    for (const path of ['/v1/cases', `/v1/cases/${await open()}/commands/accept`])
      refused(
        await as('clerk').ask(path, {
          method: 'POST',
          body: '{}',
          headers: { 'content-type': 'application/json' },
        }),
        400,
        'idempotency-key-missing',
      );
  });

  it('stores nothing and stays alive whatever it is sent', async () => {
    const caseId = await inReview();
    const before = await counter.stored();
    const wrong = fc.oneof(
      fc.constant(null),
      fc.boolean(),
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.double(),
      fc.constantFrom(2 ** 53, -1, 1.5, 1e308),
      fc.array(fc.anything({ maxDepth: 1 }), { minLength: 1, maxLength: 3 }),
      fc.object({ maxDepth: 3 }),
    );
    const field = fc.constantFrom('item', 'applicant', 'supplied');
    const body = fc.oneof(
      fc.tuple(field, wrong).map(([name, value]) => JSON.stringify({ ...application, [name]: value })),
      fc
        .tuple(fc.string({ minLength: 1, maxLength: 20 }), fc.jsonValue())
        .filter(
          ([name]) =>
            ![
              'item',
              'applicant',
              'supplied',
              'details',
              'county',
              'township',
              'authorization',
              'follows',
              'offline',
              'ownNumber',
              'pilot',
            ].includes(name),
        )
        .map(([name, value]) => JSON.stringify({ ...application, [name]: value })),
      fc.jsonValue().map((json) => JSON.stringify(json)),
      fc.integer({ min: 25, max: 5_000 }).map((depth) => `{"item":${'['.repeat(depth)}${']'.repeat(depth)}}`),
      fc.uint8Array({ minLength: 1, maxLength: 100 }),
      fc.constant(JSON.stringify({ ...application, item: 'x'.repeat(300 * 1024) })),
    );
    const clerk = as('clerk');
    await fc.assert(
      fc.asyncProperty(body, async (sent) => {
        const answer = await clerk.post('/v1/cases', sent);
        expect([400, 404, 413, 422]).toContain(answer.status);
        expect(answer.type).toMatch(/^application\/problem\+json/);
        expect(JSON.stringify(answer.body)).not.toMatch(/\bat .+:\d+:\d+/);
      }),
      { numRuns: 250 },
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('accept', 'determine'), wrong, async (command, sent) => {
        const answer = await give('approver', caseId, command, JSON.stringify({ step: sent, result: sent }));
        expect([400, 409, 422]).toContain(answer.status);
      }),
      { numRuns: 100 },
    );
    expect(await counter.stored()).toBe(before);
    expect((await give('approver', caseId, 'determine', agrees)).status).toBe(200);
  });
});
