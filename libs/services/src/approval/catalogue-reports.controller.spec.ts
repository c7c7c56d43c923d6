import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { shippedItems } from '@liandong/adapters/reference';
import { type Counter, openCounter, visitor } from '../../test/counter.ts';
import { city, county } from '../../test/sample-case.ts';
import { CoverageAnswer, GuideAnswer, UniformityAnswer } from './report-answers.ts';

let counter: Counter;
const twice = shippedItems.find(({ publications }) => publications.length > 1);
const [first, second] = twice?.publications ?? [];
if (first === undefined || second === undefined) throw new Error('no item is shipped in two versions');
const { code } = first.version;

beforeAll(async () => {
  counter = await openCounter();
  await counter.cityPublishes(first);
  const standard = { tier: city, version: 1 };
  const body = { standard, effectiveFrom: first.version.effectiveFrom };
  const adopted = await visitor(counter, 'manager').post(`/v1/items/${code}/adoptions`, body);
  if (adopted.status !== 201) throw new Error(JSON.stringify(adopted.body));
});
afterAll(() => counter.close());

const applicant = () => visitor(counter, 'applicant');

describe('what is published of the catalogue', () => {
  it('is a guide that says how well it reads, for everyone', async () => {
    const { status, body } = await applicant().get(`/v1/items/${code}/guide?version=1`);
    expect(status).toBe(200);
    const { guide, readability, rules } = GuideAnswer.parse(body);
    expect([guide.item, guide.version, readability.rules]).toEqual([code, 1, rules.version]);
  });

  it('is what changed between two versions, once both are applied here', async () => {
    const asked = `/v1/items/${code}/guide?diff=v1..v2`;
    expect((await applicant().get(asked)).body).toMatchObject({ code: 'item-version-not-found', asked: '2' });
    await counter.cityPublishes(second);
    const standard = { tier: city, version: 2 };
    const adopted = await visitor(counter, 'manager').post(`/v1/items/${code}/adoptions`, {
      standard,
      effectiveFrom: second.version.effectiveFrom,
    });
    if (second.version.status === 'inForce') {
      expect(adopted.status).toBe(201);
      const { since } = GuideAnswer.parse((await applicant().get(asked)).body);
      expect(since?.changes.length).toBeGreaterThan(0);
    }
  });

  it('is a page to print that runs nothing', async () => {
    const page = await fetch(`${counter.url}/v1/items/${code}/guide/page?version=1`, {
      headers: { authorization: `Bearer ${await counter.token('applicant')}` },
    });
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const html = await page.text();
    expect(html).toContain(first.version.name.zh);
    expect(html).not.toContain('<script');
  });

  it('refuses a question that asks two things, and versions that are none', async () => {
    for (const query of ['version=1&diff=v1..v2', 'version=0', 'diff=1-2', 'since=1'])
      expect((await applicant().get(`/v1/items/${code}/guide?${query}`)).status).toBe(422);
    expect((await applicant().get(`/v1/items/${code}/guide?version=9`)).status).toBe(404);
  });

  it('is the rate of uniformity and the coverage, of a tier or of all', async () => {
    const all = UniformityAnswer.parse((await applicant().get('/v1/uniformity')).body);
    const here = UniformityAnswer.parse((await applicant().get(`/v1/uniformity?tier=${county}`)).body);
    const above = UniformityAnswer.parse((await applicant().get(`/v1/uniformity?tier=${city}`)).body);
    expect([all.tiers, above.tiers]).toEqual([here.tiers, []]);
    const coverage = CoverageAnswer.parse((await applicant().get(`/v1/coverage?tier=${county}`)).body);
    expect(coverage.tiers.map(({ tier }) => tier)).toEqual([county]);
    expect((await applicant().get('/v1/coverage?tier=x')).status).toBe(422);
  });
});
