import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { shippedItems } from '@liandong/adapters/reference';
import { type Counter, openCounter, visitor } from '../../test/counter.ts';
import { city } from '../../test/sample-case.ts';
import { InForceAnswer, ItemDoneAnswer, ItemVersionsAnswer } from './item-answers.ts';

let counter: Counter;
beforeAll(async () => {
  counter = await openCounter();
});
afterAll(() => counter.close());

/** The first publication of the nth shipped item, as the body of a request. */
const publication = (n: number) => {
  const command = shippedItems[n]?.publications[0];
  if (command === undefined) throw new Error('the item is not shipped');
  const { type: _, ...body } = command;
  return body;
};
const first = publication(0);
const second = publication(1);

const manager = () => visitor(counter, 'manager');

describe('the catalogue at the counter', () => {
  it('is published by whoever manages it, and read by everyone', async () => {
    const { code, effectiveFrom, name } = first.version;
    const key = randomUUID();
    const done = await manager().post(`/v1/items/${code}/versions`, first, key);
    expect([done.status, done.body.status, done.body.code]).toEqual([201, undefined, undefined]);
    expect(ItemDoneAnswer.parse(done.body)).toMatchObject({
      item: code,
      events: [{ type: 'liandong.item.versionPublished.v1' }],
      repeated: false,
    });
    expect((await manager().post(`/v1/items/${code}/versions`, first, key)).body.repeated).toBe(true);

    const applicant = visitor(counter, 'applicant');
    const inForce = InForceAnswer.parse((await applicant.get(`/v1/items/${code}?on=${effectiveFrom}`)).body);
    expect(inForce).toEqual({ on: effectiveFrom, version: first.version });
    expect(inForce.version.name).toEqual(name);
    const versions = ItemVersionsAnswer.parse((await applicant.get(`/v1/items/${code}/versions`)).body);
    expect(versions).toEqual({ status: 'published', versions: [first.version], adoptions: [] });
  });

  it('refuses what breaks the rules of an item, each by its name', async () => {
    const { code } = first.version;
    const publish = (person: 'manager' | 'clerk', body: object, at = code) =>
      visitor(counter, person).post(`/v1/items/${at}/versions`, body);
    const told = async (answer: ReturnType<typeof publish>) => {
      const { status, body } = await answer;
      return [status, body.code];
    };
    expect(await told(publish('manager', first))).toEqual([409, expect.stringMatching(/^item-/)]);
    expect(await told(publish('clerk', first))).toEqual([403, 'role-not-entitled']);
    expect(await told(publish('manager', first, '000000000000'))).toEqual([422, 'item-other-code']);
    expect(await told(publish('manager', { ...first, by: 'me' }))).toEqual([422, 'invalid-request']);
    expect(await told(publish('manager', { verb: 'add' }))).toEqual([422, 'invalid-request']);
    const get = (path: string) => visitor(counter, 'clerk').get(path);
    expect(await told(get('/v1/items/000000000000'))).toEqual([404, 'item-not-found']);
    expect(await told(get('/v1/items/000000000000/versions'))).toEqual([404, 'item-not-found']);
    expect(await told(get(`/v1/items/${code}?on=1900-01-01`))).toEqual([409, 'item-not-yet-in-force']);
    expect(await told(get(`/v1/items/${code}?on=soon`))).toEqual([422, 'invalid-request']);
    expect(await told(get('/v1/items/a-b'))).toEqual([422, 'invalid-request']);
  });

  it('adopts a standard by its name; the text comes from the standard itself', async () => {
    const { code, version, effectiveFrom } = second.version;
    const adopt = (standard: object) =>
      manager().post(`/v1/items/${code}/adoptions`, { standard, effectiveFrom });
    const standard = { tier: city, version };
    expect((await adopt(standard)).body.code).toBe('item-not-found');
    await counter.cityPublishes({ type: 'publishVersion', ...second });
    expect((await adopt({ ...standard, text: 'our own' })).body.code).toBe('invalid-request');
    const done = await adopt(standard);
    expect([done.status, done.body.code]).toEqual([201, undefined]);
    const inForce = (await manager().get(`/v1/items/${code}?on=${effectiveFrom}`)).body;
    expect(InForceAnswer.parse(inForce).version).toEqual(second.version);
    const versions = ItemVersionsAnswer.parse((await manager().get(`/v1/items/${code}/versions`)).body);
    expect(versions.adoptions).toMatchObject([{ standard: { tier: city, code, version } }]);
  });
});
