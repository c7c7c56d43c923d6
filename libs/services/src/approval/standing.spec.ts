import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { LedgerStanding, PendingEvent } from '@liandong/application';
import { decodeEvent, type EventHash, refuse, type StreamName } from '@liandong/kernel';
import { type Counter, openCounter, type PersonId, visitor } from '../../test/counter.ts';
import { grpcVisitor } from '../../test/grpc-visitor.ts';
import { city, documentHash } from '../../test/sample-case.ts';
import { EventsAnswer } from './case-answers.ts';

const at = '2026-03-02T02:00:01.000Z';
const ledger = new Map<EventHash, LedgerStanding>();
const arrived = new Map<StreamName, PendingEvent[]>();
const refused = new Set<string>();

let counter: Counter;
let guest: ReturnType<typeof grpcVisitor>;
beforeAll(async () => {
  counter = await openCounter(({ desk }) => ({
    desk: {
      ...desk,
      execute: async (deed) =>
        refused.has(deed.command.type)
          ? refuse({ code: 'not-anchored', events: [documentHash(5) as EventHash] })
          : desk.execute(deed),
    },
    progress: {
      standings: {
        of: async (hashes) =>
          new Map(hashes.flatMap((hash) => (ledger.has(hash) ? [[hash, ledger.get(hash)!]] : []))),
        anchoredSize: async () => 0,
      },
      arrivals: { pendingIn: async (stream) => arrived.get(stream) ?? [] },
    },
  }));
  guest = grpcVisitor(counter);
});
afterAll(async () => {
  guest.close();
  await counter.close();
});

const as = (person: PersonId) => visitor(counter, person);
const opened = async (): Promise<StreamName> => {
  const { body } = await as('clerk').post('/v1/cases', {
    item: 'homestead',
    applicant: { kind: '1', creditworthy: true },
    supplied: [{ material: 'form', documents: [documentHash(2)] }],
  });
  return body.caseId;
};
const give = (person: PersonId, caseId: string, command: string, body: object = {}) =>
  as(person).post(`/v1/cases/${caseId}/commands/${command}`, body);
const eventsOf = async (caseId: string) => {
  const { body } = await as('auditor').get(`/v1/cases/${caseId}/events`);
  return EventsAnswer.parse(body).items;
};
const overGrpc = async (caseId: string) => {
  const outcome = await guest.call('auditor', 'listCaseEvents', { caseId });
  if (!('answer' in outcome)) throw new Error(outcome.details);
  return outcome.answer.events as readonly Record<string, unknown>[];
};

describe('an event of this tier', () => {
  it('is recorded, then sealed, then anchored, and registered only after that', async () => {
    const caseId = await opened();
    await give('clerk', caseId, 'preAccept');
    const [opening, preAccepted] = (await eventsOf(caseId)).map(({ hash }) => hash as EventHash);
    const shown = async () =>
      (await eventsOf(caseId)).map(({ standing, ledger: place }) => [standing, place?.seq]);
    expect(await shown()).toEqual([
      ['recorded', undefined],
      ['recorded', undefined],
    ]);
    ledger.set(opening!, { seq: 7 });
    ledger.set(preAccepted!, { seq: 8 });
    expect(await shown()).toEqual([
      ['recorded', 7],
      ['recorded', 8],
    ]);
    for (const [hash, { seq }] of ledger) ledger.set(hash, { seq, anchored: { size: 9, at } });
    expect(await shown()).toEqual([
      ['registered', 7],
      ['anchored', 8],
    ]);
    expect((await eventsOf(caseId))[1]?.ledger).toEqual({ seq: 8, checkpointSize: 9, anchoredAt: at });
    expect(await overGrpc(caseId)).toMatchObject([
      { standing: 'STANDING_REGISTERED', ledger: { seq: '7', checkpointSize: '9', anchoredAt: at } },
      { standing: 'STANDING_ANCHORED', pending: null },
    ]);
    ledger.clear();
    expect(await overGrpc(caseId)).toMatchObject([
      { standing: 'STANDING_RECORDED', ledger: null },
      { standing: 'STANDING_RECORDED' },
    ]);
  });
});

describe('an event of another tier', () => {
  it('that has come and is not in the store is pending, after all others, and part of no state', async () => {
    const caseId = await opened();
    const before = (await as('auditor').get(`/v1/cases/${caseId}`)).body;
    const [stored] = await counter.store.read(caseId);
    const foreign = { ...decodeEvent(stored!.bytes), source: `https://test.example/tiers/${city}/1` };
    const waiting: PendingEvent = {
      hash: documentHash(3) as EventHash,
      bytes: Buffer.from(JSON.stringify(foreign)),
      state: 'waiting',
      reason: 'parents-missing',
      missing: [documentHash(4) as EventHash],
      since: at,
    };
    // The second came into the store while it was asked for.
    arrived.set(caseId, [waiting, { ...waiting, hash: stored!.hash }]);
    const [, pending, ...others] = await eventsOf(caseId);
    expect(others).toEqual([]);
    expect(pending).toMatchObject({
      ...{ hash: waiting.hash, tier: city, standing: 'pending' },
      pending: { state: 'waiting', reason: 'parents-missing', missing: waiting.missing, since: at },
    });
    expect((await overGrpc(caseId))[1]).toMatchObject({
      standing: 'STANDING_PENDING',
      pending: { state: 'waiting', missing: waiting.missing },
    });
    expect((await as('auditor').get(`/v1/cases/${caseId}`)).body).toEqual(before);
  });

  it('is shown to nobody who may not see the case', async () => {
    const caseId = await opened();
    arrived.set(caseId, []);
    expect((await as('stranger').get(`/v1/cases/${caseId}/events`)).status).toBe(404);
  });
});

describe('an act of the lead that came before its anchoring', () => {
  it('is refused by a problem that names what is not anchored, and shows the case', async () => {
    const caseId = await opened();
    refused.add('openStage');
    const { status, type, body } = await give('approver', caseId, 'openStage', { stage: 'review' });
    expect([status, type]).toEqual([409, expect.stringMatching(/^application\/problem\+json/)]);
    expect(body).toMatchObject({
      ...{ code: 'not-anchored', type: 'urn:liandong:problem:not-anchored', status: 409 },
      ...{ title: expect.stringContaining('见证'), titleEn: expect.stringContaining('not anchored yet') },
      ...{ events: [documentHash(5)], case: { caseId } },
    });
    const key = crypto.randomUUID();
    expect(
      await guest.call('approver', 'execute', {
        ...{ caseId, command: 'openStage', idempotencyKey: key },
        arguments: { fields: { stage: { stringValue: 'review' } } },
      }),
    ).toMatchObject({ code: 'FAILED_PRECONDITION', reason: 'not-anchored' });
    refused.clear();
  });

  it('takes an override of a known ground with its reasons, and no other', async () => {
    const caseId = await opened();
    const ask = (override: object) => give('approver', caseId, 'openStage', { stage: 'review', override });
    expect((await ask({ ground: 'haste', reasons: '急' })).body).toMatchObject({
      code: 'invalid-request',
      errors: [{ field: '/override/ground' }],
    });
    expect((await ask({ ground: 'publicSafety' })).body).toMatchObject({ code: 'invalid-request' });
    expect((await ask({ ground: 'publicSafety', reasons: '危房' })).body).toMatchObject({
      code: 'wrong-status',
    });
    expect(
      (await give('clerk', caseId, 'preAccept', { override: { ground: 'publicSafety', reasons: '急' } }))
        .body,
    ).toMatchObject({ code: 'invalid-request' });
  });
});
