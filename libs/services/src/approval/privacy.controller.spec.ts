import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Counter, openCounter, people, type PersonId, visitor } from '../../test/counter.ts';
import { documentHash } from '../../test/sample-case.ts';
import { PersonalAnswer } from './case-answers.ts';
import { ErasedAnswer, FieldAnswer } from './privacy-answers.ts';

let counter: Counter;
beforeAll(async () => {
  counter = await openCounter();
});
afterAll(() => counter.close());

const as = (person: PersonId) => visitor(counter, person);
const opened = async (): Promise<string> => {
  const { body } = await as('clerk').post('/v1/cases', {
    item: 'homestead',
    applicant: { kind: '1', creditworthy: true },
    supplied: [{ material: 'form', documents: [documentHash(2)] }],
    details: { applicantName: '李四', applicantPhone: '13800000000' },
  });
  return body.caseId as string;
};
const fieldsOf = async (caseId: string) => {
  const { body } = await as('protector').get(`/v1/streams/${caseId}/fields`);
  return (body.items as unknown[]).map((field) => FieldAnswer.parse(field));
};
const erase = (caseId: string, body: unknown, who: PersonId = 'protector', key?: string) =>
  as(who).post(`/v1/streams/${caseId}/erasures`, body, key);

describe('the door of those who answer for data protection', () => {
  it('names the personal fields of a case, and never says what they hold', async () => {
    const fields = await fieldsOf(await opened());
    expect(fields.map(({ name, state, tier }) => [name, state, tier]).toSorted()).toEqual([
      ['applicantName', 'held', '431021'],
      ['applicantPhone', 'held', '431021'],
    ]);
    expect(JSON.stringify(fields)).not.toMatch(/李四|13800000000/);
  });

  it('erases: nobody is shown the field any more, and the case says so for ever', async () => {
    const caseId = await opened();
    const fields = await fieldsOf(caseId);
    const digests = fields.filter(({ name }) => name === 'applicantPhone').map(({ digest }) => digest);
    const { status, body } = await erase(caseId, { digests, ground: 'unlawful' }, 'protector', 'once');
    expect(status).toBe(201);
    expect(ErasedAnswer.parse(body)).toMatchObject({ stream: caseId, repeated: false });
    const personal = PersonalAnswer.parse((await as('clerk').get(`/v1/cases/${caseId}/personal`)).body);
    expect(personal.items.map(({ fields: shown }) => shown)).toEqual([{ applicantName: '李四' }]);
    expect((await fieldsOf(caseId)).map(({ state }) => state).toSorted()).toEqual(['erased', 'held']);
    const again = await erase(caseId, { digests, ground: 'unlawful' }, 'protector', 'once');
    expect(ErasedAnswer.parse(again.body)).toMatchObject({ repeated: true, events: body.events });
    const events = (await as('clerk').get(`/v1/cases/${caseId}/events`)).body;
    expect(events.items).toHaveLength(2);
    expect((await as('clerk').get(`/v1/cases/${caseId}`)).body.needsUpgrade).toBe(false);
  });

  it('refuses with a problem that says why', async () => {
    const caseId = await opened();
    const digests = (await fieldsOf(caseId)).map(({ digest }) => digest).toSorted();
    const code = async (stream: string, body: unknown) => {
      const answer = await erase(stream, body);
      expect(answer.type).toMatch(/^application\/problem\+json/);
      return [answer.status, answer.body.code];
    };
    expect(await code(caseId, { digests, ground: 'retentionExpired' })).toEqual([409, 'retention-running']);
    const unknown = digests.map((digest) => digest.replace(/^./, 'A')).toSorted();
    expect(await code(caseId, { digests: unknown, ground: 'unlawful' })).toEqual([404, 'digest-unknown']);
    expect(await code(`case-${'0'.repeat(32)}`, { digests, ground: 'unlawful' })).toEqual([
      404,
      'stream-not-found',
    ]);
    for (const body of [
      {},
      { digests, ground: 'because' },
      { digests: digests.toReversed(), ground: 'unlawful' },
      { digests: [], ground: 'unlawful' },
    ])
      expect((await erase(caseId, body)).status).toBe(422);
    expect((await erase(caseId, { digests, ground: 'unlawful' })).status).toBe(201);
    expect(await code(caseId, { digests, ground: 'unlawful' })).toEqual([409, 'already-erased']);
  });

  it('is open to nobody else', async () => {
    const caseId = await opened();
    const digests = (await fieldsOf(caseId)).map(({ digest }) => digest).toSorted();
    for (const { id } of people.filter((person) => person.id !== 'protector')) {
      expect([id, (await as(id).get(`/v1/streams/${caseId}/fields`)).status]).toEqual([id, 403]);
      expect([id, (await erase(caseId, { digests, ground: 'unlawful' }, id)).status]).toEqual([id, 403]);
    }
    expect((await fieldsOf(caseId)).map(({ state }) => state)).toEqual(['held', 'held']);
  });
});
