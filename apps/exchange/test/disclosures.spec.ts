import { beforeAll, describe, expect, it } from '@jest/globals';
import { digestsIn } from '@liandong/application';
import { decodeEvent, type TierCode } from '@liandong/kernel';
import { casework, lead, townClerk, waterApprover } from './support/casework.ts';
import { textIn } from './support/clear-text.ts';
import { twoTierItem } from './support/items.ts';
import { allTiers, city, county, township, withNetwork } from './support/network.ts';
import { inLanes, until } from './support/until.ts';

const net = withNetwork();
const work = casework(net);

beforeAll(async () => {
  await Promise.all(allTiers.flatMap((tier) => [net.start(tier, 'approval'), net.start(tier, 'exchange')]));
  await work.publish();
  await net.drained();
});

const detailsOf = (key: string) => ({
  applicantName: `桂阳示范公司-${key}`,
  applicantIdentity: `91431021-${key}`,
  applicantPhone: `0735-${key}`,
  matter: `厂房-${key}`,
});

/** Taken in by the township, led by the city; the county has no part until the review is open. */
const open = async (key: string): Promise<string> => {
  const answer = await net.post(townClerk, '/v1/cases', `open-${key}`, {
    ...{ item: twoTierItem.code, applicant: { kind: '2', creditworthy: true }, supplied: [] },
    details: detailsOf(key),
  });
  expect(answer).toMatchObject({ status: 201 });
  return (answer.body as { caseId: string }).caseId;
};

/** The personal fields of the opening as a tier's counter shows them to one of its officers. */
const shownTo = async (person: string, caseId: string) => {
  const { status, body } = await net.get(person, `/v1/cases/${caseId}/personal`);
  if (status !== 200) return { status };
  const items = (body as { items: readonly { readonly type: string; readonly fields: object }[] }).items;
  return items.find(({ type }) => type === 'liandong.case.opened.v1')?.fields;
};

const nothingOwed = () =>
  until(
    'nothing owed',
    () => Promise.all(allTiers.map(net.links)),
    (reports) => reports.every((report) => report?.owing === 0),
    180_000,
  );

/** How many fields of its cases a tier holds. */
const fieldsHeld = async (tier: TierCode): Promise<number> => {
  const { disclosures } = net.access(tier);
  const events = [...(await net.held(tier))]
    .filter(([stream]) => stream.startsWith('case-'))
    .flatMap(([, each]) => [...each.values()]);
  return (await disclosures.held(events.flatMap((bytes) => digestsIn(decodeEvent(bytes).data)))).length;
};

describe('personal fields of a case that a township took in', () => {
  it('reach the lead, pass the county unread, and reach the county when a step of its own begins', async () => {
    const details = detailsOf('one');
    const caseId = await open('one');
    await work.act(townClerk, caseId, 'preAccept');
    await work.act(townClerk, caseId, 'accept');
    await work.arrived(city, caseId, 'accepted');
    await until(
      'the fields at the city',
      () => shownTo(lead, caseId),
      (fields) => fields !== undefined && 'matter' in fields,
    );
    await nothingOwed();
    expect(await shownTo(lead, caseId)).toEqual(details);
    await work.arrived(county, caseId, 'accepted');
    expect((await net.get(`auditor-${county}`, `/v1/cases/${caseId}`)).status).toBe(200);

    // Found at the two that hold it, so a search that finds nothing would be noticed.
    for (const value of Object.values(details)) {
      expect(await textIn(net.config(township), value)).toContain('store.disclosure');
      expect(await textIn(net.config(city), value)).toContain('store.disclosure');
      expect(await textIn(net.config(county), value)).toEqual([]);
    }

    await work.act(lead, caseId, 'openStage', { stage: 'review' });
    const { applicantName, applicantIdentity, matter } = details;
    await until(
      'the fields at the county',
      () => shownTo(waterApprover, caseId),
      (fields) => fields !== undefined && 'matter' in fields,
    );
    expect(await shownTo(waterApprover, caseId)).toEqual({ applicantName, applicantIdentity, matter });
    expect(await textIn(net.config(county), details.applicantPhone)).toEqual([]);
    for (const tier of allTiers) {
      const codes = (await net.links(tier))?.incidents.map(({ code }) => code);
      expect(codes?.filter((code) => /letter|disclosure/.test(code))).toEqual([]);
    }
  });

  it('come through although exchanges are killed in the middle, each of them once', async () => {
    const before = await fieldsHeld(city);
    const cases = 60;
    const loading = inLanes(cases, 6, async (n) => void (await open(`killed-${n}`)));
    await until(
      'some fields at the city',
      () => fieldsHeld(city),
      (held) => held > before + 8,
    );
    expect(await net.service(township, 'exchange').end('SIGKILL')).toBe('SIGKILL');
    expect(await net.service(county, 'exchange').end('SIGKILL')).toBe('SIGKILL');
    await loading;
    expect(await fieldsHeld(city)).toBeLessThan(before + 4 * cases);
    await net.start(township, 'exchange');
    await net.start(county, 'exchange');
    await until(
      'more fields at the city',
      () => fieldsHeld(city),
      (held) => held > before + 2 * cases,
    );
    expect(await net.service(township, 'exchange').end('SIGKILL')).toBe('SIGKILL');
    await net.start(township, 'exchange');
    await net.drained();
    await nothingOwed();
    expect(await fieldsHeld(city)).toBe(before + 4 * cases);
  });
});
