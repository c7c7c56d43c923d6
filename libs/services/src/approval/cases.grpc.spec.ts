import { Metadata } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { type Counter, openCounter, type PersonId, visitor } from '../../test/counter.ts';
import { grpcVisitor } from '../../test/grpc-visitor.ts';
import { documentHash } from '../../test/sample-case.ts';
import { bodyLimit } from '../platform/limits.ts';
import { toStruct } from '../platform/struct.ts';

let counter: Counter;
let guest: ReturnType<typeof grpcVisitor>;
beforeAll(async () => {
  counter = await openCounter();
  guest = grpcVisitor(counter);
});
afterAll(async () => {
  guest.close();
  await counter.close();
});

const application = {
  item: 'homestead',
  applicant: { kind: '1', creditworthy: true },
  supplied: [{ material: 'form', documents: [documentHash(2)] }],
};
const execute = (
  person: PersonId,
  command: string,
  body: object,
  caseId = '',
  idempotencyKey: string = randomUUID(),
) => guest.call(person, 'execute', { caseId, command, idempotencyKey, arguments: toStruct(body) });
const open = async (): Promise<string> => {
  const outcome = await execute('clerk', 'open', application);
  if (!('answer' in outcome)) throw new Error(outcome.details);
  return outcome.answer.caseId as string;
};
const refusedWith = (outcome: Awaited<ReturnType<typeof execute>>) =>
  'answer' in outcome ? ['let in'] : [outcome.code, outcome.reason];

describe('a case over gRPC', () => {
  it('is opened, moved and seen as over HTTP', async () => {
    const caseId = await open();
    expect(await execute('clerk', 'preAccept', {}, caseId)).toMatchObject({
      answer: {
        caseId,
        revision: 2,
        alreadyRecorded: false,
        events: [{ type: 'liandong.case.preAccepted.v1' }],
      },
    });
    const seen = await guest.call('auditor', 'getCase', { caseId });
    const { body } = await visitor(counter, 'auditor').get(`/v1/cases/${caseId}`);
    expect(seen).toMatchObject({
      answer: {
        case: { caseId, status: 'preAccepted', digest: body.digest, revision: 2, details: toStruct(body) },
      },
    });
    expect(await guest.call('auditor', 'listCaseEvents', { caseId })).toMatchObject({
      answer: {
        events: [{ standing: 'STANDING_REGISTERED' }, { standing: 'STANDING_ANCHORED', tier: '431021' }],
      },
    });
    expect(
      await guest.call('auditor', 'replayCase', { caseId, at: '2099-01-01T00:00:00.000Z' }),
    ).toMatchObject({
      answer: { case: { status: 'preAccepted' } },
    });
    expect(await guest.call('auditor', 'listCases', {})).toEqual({ answer: { cases: [], nextCursor: '' } });
  });

  it('is done once, over whichever door the request is repeated', async () => {
    const key = randomUUID();
    const first = await visitor(counter, 'clerk').post('/v1/cases', application, key);
    expect(await execute('clerk', 'open', application, '', key)).toMatchObject({
      answer: { caseId: first.body.caseId, alreadyRecorded: true, events: first.body.events },
    });
  });
});

describe('the gRPC door', () => {
  it('asks for a token and a deadline', async () => {
    const none = new Metadata();
    expect(refusedWith(await guest.callWith('getCase', {}, none))).toEqual([
      'UNAUTHENTICATED',
      'unauthenticated',
    ]);
    const elsewhere = new Metadata();
    elsewhere.set('authorization', `Bearer ${await counter.token('clerk', { elsewhere: true })}`);
    expect(refusedWith(await guest.callWith('getCase', {}, elsewhere))).toEqual([
      'PERMISSION_DENIED',
      'other-tier',
    ]);
    const own = new Metadata();
    own.set('authorization', `Bearer ${await counter.token('clerk')}`);
    expect(refusedWith(await guest.callWith('getCase', {}, own, {}))).toEqual([
      'INVALID_ARGUMENT',
      'deadline-missing',
    ]);
  });

  it('gives the reason of every refusal to people and to programs', async () => {
    const caseId = await open();
    expect(refusedWith(await execute('auditor', 'accept', {}, caseId))).toEqual([
      'PERMISSION_DENIED',
      'role-not-entitled',
    ]);
    expect(refusedWith(await execute('clerk', 'dance', {}, caseId))).toEqual(['NOT_FOUND', 'not-found']);
    expect(refusedWith(await execute('clerk', 'recordDeemedAcceptance', {}, caseId))).toEqual([
      'NOT_FOUND',
      'not-found',
    ]);
    expect(refusedWith(await execute('clerk', 'open', application, caseId))).toEqual([
      'INVALID_ARGUMENT',
      'malformed-request',
    ]);
    expect(refusedWith(await execute('clerk', 'accept', {}, caseId, ''))).toEqual([
      'INVALID_ARGUMENT',
      'idempotency-key-missing',
    ]);
    expect(refusedWith(await execute('clerk', 'accept', {}, `case-${'0'.repeat(32)}`))).toEqual([
      'NOT_FOUND',
      'case-not-found',
    ]);
    const unknown = await execute('clerk', 'open', { ...application, by: 'me' });
    expect(unknown).toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'invalid-request' });
    const trailer = Buffer.from('trailer' in unknown ? unknown.trailer : []).toString('latin1');
    expect(trailer).toContain('google.rpc.BadRequest');
    expect(trailer).toContain('/by');
    const early = await execute('approver', 'openStage', { stage: 'review' }, caseId);
    expect(early).toMatchObject({ code: 'FAILED_PRECONDITION', reason: 'wrong-status' });
    expect(Buffer.from('trailer' in early ? early.trailer : []).toString('latin1')).toContain('WRONG_STATUS');
  });

  it('tells what is too large and what is nested too deeply from what is merely wrong', async () => {
    const large = await execute('clerk', 'open', { ...application, item: 'x'.repeat(400 * 1024) });
    expect(large).toMatchObject({ code: 'RESOURCE_EXHAUSTED' });
    const deep = (depth: number): object => (depth === 0 ? {} : { a: deep(depth - 1) });
    for (const item of [deep(40), NaN, 2 ** 60])
      expect(refusedWith(await execute('clerk', 'open', { ...application, item }))).toEqual([
        'INVALID_ARGUMENT',
        'malformed-request',
      ]);
  });

  it('names bytes that are no message for what they are', async () => {
    // Values within values, as no honest client can write them: Struct.fields, entry.value, Value.struct_value.
    const part = (field: number, body: Buffer): Buffer => {
      const length: number[] = [];
      for (let n = body.length; ; n >>>= 7) {
        length.push(n > 0x7f ? (n & 0x7f) | 0x80 : n);
        if (n <= 0x7f) break;
      }
      return Buffer.concat([Buffer.from([(field << 3) | 2, ...length]), body]);
    };
    let deep: Buffer = Buffer.alloc(0);
    for (let n = 0; n < 9_000; n++)
      deep = part(1, Buffer.concat([part(1, Buffer.from('a')), part(2, part(5, deep))]));
    expect(deep.length).toBeLessThan(bodyLimit);
    expect(await guest.raw('clerk', 'Execute', part(4, deep))).toBe('INVALID_ARGUMENT malformed-request');
    expect(await guest.raw('clerk', 'Execute', Buffer.from([0xff, 0xff, 0xff]))).toBe(
      'INVALID_ARGUMENT malformed-request',
    );
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), async (bytes) => {
        expect(await guest.raw('clerk', 'Execute', bytes)).toMatch(/^(INVALID_ARGUMENT|NOT_FOUND) /);
      }),
      { numRuns: 100 },
    );
  });

  it('stores nothing and stays alive whatever it is sent', async () => {
    const before = await counter.stored();
    const nested = (depth: number): object => {
      let value: object = {};
      for (let n = 0; n < depth; n++) value = { structValue: { fields: { a: value } } };
      return { fields: { item: value } };
    };
    const bad = fc.oneof(
      fc.object({ maxDepth: 3 }).map((body) => ({ arguments: toStruct({ ...body, extra: 1 }) })),
      fc
        .constantFrom(NaN, Infinity, -Infinity, 2 ** 60, 1e308)
        .map((supplied) => ({ arguments: toStruct({ ...application, supplied }) })),
      fc.integer({ min: 25, max: 45 }).map((depth) => ({ arguments: nested(depth) })),
      fc.string({ unit: 'binary', maxLength: 300 }).map((idempotencyKey) => ({
        idempotencyKey: `\n${idempotencyKey}`,
        arguments: toStruct(application),
      })),
      fc.constant({ arguments: toStruct({ ...application, item: 'x'.repeat(400 * 1024) }) }),
      fc.constant({}),
    );
    await fc.assert(
      fc.asyncProperty(bad, async (request) => {
        const outcome = await guest.call('clerk', 'execute', {
          caseId: '',
          command: 'open',
          idempotencyKey: randomUUID(),
          ...request,
        });
        expect(['INVALID_ARGUMENT', 'RESOURCE_EXHAUSTED']).toContain(
          'code' in outcome ? outcome.code : 'let in',
        );
      }),
      { numRuns: 200 },
    );
    expect(await counter.stored()).toBe(before);
    expect(await open()).toMatch(/^case-/);
  });

  it('closes at once though a client stays connected', async () => {
    const own = await openCounter();
    const lingering = grpcVisitor(own);
    await lingering.call('auditor', 'listCases', {});
    const began = performance.now();
    await own.close();
    expect(performance.now() - began).toBeLessThan(3_000);
    lingering.close();
  });
});
