import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { casework, clerk, eventsIn, type Shown, waterApprover } from './support/casework.ts';
import { grpcDoor, type Outcome, struct } from './support/grpc-door.ts';
import { paper, twoTierItem } from './support/items.ts';
import { city, county, withNetwork } from './support/network.ts';
import type { ServiceProcess } from './support/service-process.ts';

const net = withNetwork();
const work = casework(net);
let second: ServiceProcess;
let grpc: ReturnType<typeof grpcDoor>;
const closing: (() => void)[] = [];
afterAll(() => closing.forEach((close) => close()));

beforeAll(async () => {
  const pair = [city, county].flatMap((tier) => [net.start(tier, 'approval'), net.start(tier, 'exchange')]);
  [second] = await Promise.all([net.startAnother(county, 'approval', {}), ...pair]);
  grpc = grpcDoor(net.service(county, 'approval').grpc ?? '', net.tokenOf);
  closing.push(grpc.close);
  await work.publish([county]);
});

const waterHead = `organHead-${county}-06`;
const application = {
  item: twoTierItem.code,
  applicant: { kind: '2', creditworthy: true },
  supplied: [],
};

/** What came of a request, whichever door it went through. */
type Came = { readonly door: string; readonly status: string; readonly code: string; readonly seen?: Shown };
type Give = (person: string, caseId: string, command: string, body: object) => Promise<Came>;

const overHttp =
  (door: () => string): Give =>
  async (person, caseId, command, body) => {
    const response = await fetch(`${door()}/v1/cases/${caseId}/commands/${command}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${await net.tokenOf(person)}`,
        'idempotency-key': `"${randomUUID()}"`,
      },
      body: JSON.stringify(body),
    });
    const given = (await response.json()) as { code?: string; case?: Shown };
    return {
      door: 'http',
      status: String(response.status),
      code: given.code ?? '',
      ...(given.case && { seen: given.case }),
    };
  };
const overGrpc: Give = async (person, caseId, command, body) => {
  const outcome = await grpc.call(person, 'execute', {
    caseId,
    command,
    idempotencyKey: randomUUID(),
    arguments: struct(body),
  });
  return 'answer' in outcome
    ? { door: 'grpc', status: 'OK', code: '' }
    : { door: 'grpc', status: outcome.code, code: outcome.reason };
};
const overThis = overHttp(() => net.service(county, 'approval').http);
const overTheOther = overHttp(() => second.http);

describe('two reviewers who act at once on one step', () => {
  it.each([
    ['over HTTP', overThis, overThis],
    ['over HTTP at two processes of the counter', overThis, overTheOther],
    ['over gRPC', overGrpc, overGrpc],
    ['over HTTP and gRPC', overTheOther, overGrpc],
  ])('find that one is recorded and the other is told how the case stands now: %s', async (_, one, other) => {
    for (let round = 0; round < 4; round++) {
      const caseId = await work.inReview(clerk, twoTierItem, randomUUID());
      const before = await work.agreement(caseId, [city, county]);
      const answer = { step: 'water', result: 'agree' };
      const came = await Promise.all([
        one(waterApprover, caseId, 'determine', { ...answer, document: paper(1) }),
        other(waterHead, caseId, 'determine', { ...answer, document: paper(2) }),
      ]);
      const won = came.filter(({ status }) => ['200', 'OK'].includes(status));
      const [lost] = came.filter((each) => !won.includes(each));
      expect(won).toHaveLength(1);
      expect(lost).toMatchObject({ code: 'step-answered' });
      if (lost?.door === 'http') {
        expect(lost.status).toBe('409');
        expect(lost.seen?.revision).toBeGreaterThan(before.revision);
        expect(lost.seen?.steps).toContainEqual(expect.objectContaining({ id: 'water', status: 'answered' }));
      } else expect(lost?.status).toBe('FAILED_PRECONDITION');

      await work.agreement(caseId, [city, county]);
      const said = (await net.get(`auditor-${county}`, `/v1/cases/${caseId}/events`)).body as {
        items: { type: string; tier: string; withoutEffect?: string }[];
      };
      expect(said.items.filter(({ type }) => type === 'liandong.case.determined.v1')).toEqual([
        expect.not.objectContaining({ withoutEffect: expect.anything() }),
      ]);
      expect(said.items.filter(({ tier }) => tier === county)).toHaveLength(4);
    }
  });
});

describe('what is thrown at the counter', () => {
  let target: string;
  let stored: number;
  const eventsStored = async () => eventsIn(await net.held(county));
  beforeAll(async () => {
    target = await work.inReview(clerk, twoTierItem, 'target');
    await work.agreement(target, [city, county]);
  });
  beforeEach(async () => {
    stored = await eventsStored();
  });
  const nothingHappened = async () => {
    expect(await eventsStored()).toBe(stored);
    for (const { http } of [net.service(county, 'approval'), second])
      expect((await fetch(`${http}/health/ready`)).status).toBe(200);
  };

  const raw = async (
    path: string,
    body: Uint8Array | string,
    more: Record<string, string> = {},
    person = clerk,
  ) => {
    const response = await fetch(`${net.service(county, 'approval').http}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${await net.tokenOf(person)}`,
        'idempotency-key': `"${randomUUID()}"`,
        ...more,
      },
      body: typeof body === 'string' ? body : Buffer.from(body),
    });
    const problem = (await response.json()) as { code: string; title?: string };
    return { ...problem, status: response.status, form: response.headers.get('content-type') };
  };
  const json = (change: object) => JSON.stringify({ ...application, ...change });
  const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
  const own = '{"item":"x","applicant":{"kind":"2","creditworthy":true},"supplied":[]';

  it.each<[string, Uint8Array | string, number, string]>([
    ['too large', json({ details: { matter: '字'.repeat(100_000) } }), 413, 'request-too-large'],
    ['of wrong types', json({ item: 7 }), 422, 'invalid-request'],
    ['with unknown fields', json({ surprise: 1 }), 422, 'invalid-request'],
    ['with parents of its own', json({ parents: paper(1), height: 9 }), 422, 'invalid-request'],
    ['nested deeply', `${own},"details":${nested(5_000)}}`, 400, 'malformed-request'],
    [
      'not UTF-8',
      Buffer.from([...Buffer.from(`${own},"x":"`), 0xff, 0xfe, 0x22, 0x7d]),
      400,
      'malformed-request',
    ],
    ['with a number beyond range', `${own},"pilot":9007199254740993}`, 400, 'malformed-request'],
    ['with a number beyond all numbers', `${own},"pilot":1e999}`, 400, 'malformed-request'],
    ['with a name said twice', `${own},"item":"y"}`, 400, 'malformed-request'],
    ['that is no JSON', '{"item":', 400, 'malformed-request'],
  ])('over HTTP is refused if it is a body %s', async (_, body, status, code) => {
    const refused = await raw('/v1/cases', body);
    expect(refused).toMatchObject({ status, code });
    expect(refused.form).toMatch(/^application\/problem\+json/);
    expect(refused.title).toMatch(/\p{Script=Han}/u);
    await nothingHappened();
  });

  it('over HTTP is refused if it is a token of another tier, a second opening or a key used before', async () => {
    const key = { 'idempotency-key': '"open-target"' };
    expect(await raw('/v1/cases', json({}), {}, `windowClerk-${city}-02`)).toMatchObject({
      status: 403,
      code: 'other-tier',
    });
    expect(await raw(`/v1/cases/${target}/commands/open`, json({}))).toMatchObject({ status: 404 });
    expect(await raw('/v1/cases', json({ pilot: true }), key)).toMatchObject({
      status: 422,
      code: 'idempotency-key-reused',
    });
    expect(await raw('/v1/cases', json({}), { authorization: 'Bearer e30.e30.e30' })).toMatchObject({
      status: 401,
    });
    await nothingHappened();
  });

  const refusals = {
    RESOURCE_EXHAUSTED: true,
    INVALID_ARGUMENT: true,
    PERMISSION_DENIED: true,
    NOT_FOUND: true,
  };
  const execute = (body: object, more: object = {}, person = clerk): Promise<Outcome> =>
    grpc.call(person, 'execute', {
      command: 'open',
      idempotencyKey: randomUUID(),
      arguments: struct(body),
      ...more,
    });
  const deep = (depth: number): object => (depth === 0 ? {} : { a: deep(depth - 1) });

  /** A whole application but for one name that is no text. */
  const notUtf8 = () => {
    const request = grpc.written('execute', {
      command: 'open',
      idempotencyKey: randomUUID(),
      arguments: struct({ ...application, details: { applicantName: 'MARK' } }),
    });
    request.set([0xff, 0xfe, 0xc0, 0x80], request.indexOf('MARK'));
    return grpc.send(clerk, 'execute', request);
  };
  /** Structs within structs, written by hand since no library writes so many. */
  const abyss = (depth: number): Buffer => {
    const field = (number: number, content: Buffer) =>
      Buffer.concat([Buffer.from([number * 8 + 2, ...varint(content.length)]), content]);
    let inner = Buffer.alloc(0);
    for (let n = 0; n < depth; n++)
      inner = field(1, Buffer.concat([field(1, Buffer.from('a')), field(2, field(5, inner))]));
    return Buffer.concat([field(2, Buffer.from('open')), field(3, Buffer.from('key')), field(4, inner)]);
  };
  const varint = (value: number): number[] =>
    value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];

  it.each<[string, () => Promise<Outcome>, keyof typeof refusals]>([
    ['too large', () => execute({ ...application, item: 'x'.repeat(300_000) }), 'RESOURCE_EXHAUSTED'],
    ['of wrong types', () => execute({ ...application, supplied: 'none' }), 'INVALID_ARGUMENT'],
    ['with unknown fields', () => execute({ ...application, parents: paper(1) }), 'INVALID_ARGUMENT'],
    [
      'with a token of another tier',
      () => execute(application, {}, `windowClerk-${city}-02`),
      'PERMISSION_DENIED',
    ],
    ['that opens a case again', () => execute(application, { caseId: target }), 'INVALID_ARGUMENT'],
    ['nested deeply', () => execute({ ...application, details: deep(28) }), 'INVALID_ARGUMENT'],
    ['with a number beyond range', () => execute({ ...application, pilot: 1e300 }), 'INVALID_ARGUMENT'],
    ['with a number that is none', () => execute({ ...application, pilot: Number.NaN }), 'INVALID_ARGUMENT'],
    ['nested beyond all reading', () => grpc.send(clerk, 'execute', abyss(2_000)), 'INVALID_ARGUMENT'],
    ['that is not UTF-8', notUtf8, 'INVALID_ARGUMENT'],
    [
      'that is no message',
      () => grpc.send(clerk, 'execute', Buffer.from([0xff, 0xff, 0xff])),
      'INVALID_ARGUMENT',
    ],
  ])('over gRPC is refused if it is a request %s', async (_, ask, code) => {
    expect(await ask()).toMatchObject({ code });
    await nothingHappened();
  });

  it('is refused by both doors whatever it is, and leaves no trace', async () => {
    const command = fc.constantFrom(
      'accept',
      'determine',
      'conclude',
      'supplyMaterial',
      'settleObligation',
      'share',
    );
    const body = fc.oneof(
      fc.jsonValue({ maxDepth: 4 }).filter((value) => typeof value !== 'object' || Array.isArray(value)),
      fc.dictionary(fc.string({ minLength: 1 }), fc.jsonValue({ maxDepth: 3 }), { minKeys: 1 }),
    );
    await fc.assert(
      fc.asyncProperty(
        command,
        body,
        fc.uint8Array({ minLength: 1, maxLength: 200 }),
        async (name, thrown, bytes) => {
          const path = `/v1/cases/${target}/commands/${name}`;
          const person = name === 'determine' ? waterApprover : clerk;
          for (const sent of [JSON.stringify(thrown), bytes]) {
            const { status, code } = await raw(path, sent, {}, person);
            expect([status >= 400 && status < 500, code]).toEqual([true, expect.stringMatching(/^[a-z-]+$/)]);
          }
          const outcomes = [
            await grpc.send(person, 'execute', Buffer.from(bytes)),
            await execute({ thrown }, { caseId: target, command: name }, person),
          ];
          for (const outcome of outcomes)
            expect(Object.keys(refusals)).toContain('answer' in outcome ? 'let in' : outcome.code);
        },
      ),
      { numRuns: 60 },
    );
    await nothingHappened();
  });
});
