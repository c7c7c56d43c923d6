import type { TierCode } from '@liandong/kernel';
import { describe, expect, it } from '@jest/globals';
import { given } from '../../test/case/given.ts';
import {
  applicant,
  city,
  clerk,
  county,
  day,
  deed,
  document,
  endOf,
  land,
  opening,
  opens,
  organs,
  route,
  township,
} from '../../test/case/sample.ts';
import type { Actor } from './commands.ts';

describe('opening a case', () => {
  it('writes down everything the case will need: route, limits, lead, superiors, audience, notice period', () => {
    const state = given()
      .when(opens)
      .then('liandong.case.opened.v1', {
        by: { role: 'windowClerk', department: 'centre' },
        lead: organs.cityLead,
        route,
        audience: [city, county, township],
        noticeDue: endOf(7),
      });
    expect(state.matter).toMatchObject({ status: 'draft', lead: organs.cityLead });
  });

  it('keeps names and words apart from the event', () => {
    const { decision } = given().when(opens);
    expect(decision).toMatchObject({
      value: [{ personal: { applicantName: '桂阳某某有限公司', matter: '年产二十万吨饲料项目' } }],
    });
    expect(JSON.stringify(decision.ok && decision.value[0]?.data)).not.toContain('某某');
  });

  it('says at which window', () => {
    given()
      .when(deed({ ...clerk, window: 'w-3' }, opening))
      .then('liandong.case.opened.v1', { by: { role: 'windowClerk', department: 'centre', window: 'w-3' } });
    const { decision } = given().when(deed(clerk, opening));
    expect(decision.ok && decision.value[0]?.data.by).toEqual({ role: 'windowClerk', department: 'centre' });
  });

  it('happens once', () => {
    given(opens).when(opens).refused({ code: 'case-already-opened' });
  });

  it('comes before everything else', () => {
    given()
      .when(deed(clerk, { type: 'accept' }))
      .refused({ code: 'case-not-opened' });
  });

  it('is for the counter that takes it in, and for nobody without a role', () => {
    given().when(deed(land, opening)).refused({ code: 'not-entitled', fact: 'opened' });
    given()
      .when(deed({ ...clerk, department: 'land' }, opening))
      .refused({ code: 'not-entitled' });
    given()
      .when(deed({ ...clerk, roles: [] }, opening))
      .refused({ code: 'role-missing' });
  });

  it('may be done by the applicant in person', () => {
    given()
      .when(deed(applicant, opening))
      .then('liandong.case.opened.v1', { by: { role: 'applicant' } });
    given()
      .when(deed({ ...applicant, authid: 'p-other' }, opening))
      .refused({ code: 'not-entitled' });
  });

  it('refuses material that the guide does not name', () => {
    const supplied = [{ material: 'constructor', documents: [document(5)] }];
    given()
      .when(deed(clerk, { ...opening, supplied }))
      .refused({ code: 'material-unknown', materials: ['constructor'] });
  });

  it('refuses a tier whose superiors it does not name', () => {
    const superiors = { [city]: [], [county]: [city] } as Record<TierCode, TierCode[]>;
    given()
      .when(deed(clerk, { ...opening, superiors }))
      .refused({ code: 'tier-outside-case', tiers: [township] });
  });

  const [review, above] = route.stages;
  it.each([
    ['stage-twice', { route: { stages: [review!, review!] } }, 'review'],
    ['step-twice', { route: { stages: [review!, { ...above!, steps: review!.steps }] } }, 'site'],
    ['stage-without-steps', { route: { stages: [{ ...review!, steps: [] }] } }, 'review'],
    ['material-twice', { materials: [...opening.materials, opening.materials[0]!] }, 'form'],
    [
      'material-for-unknown-step',
      { materials: [...opening.materials, { ...opening.materials[0]!, code: 'map', neededBy: ['x'] }] },
      'x',
    ],
    ['limit-out-of-range', { limits: { ...opening.limits, deliveryDays: 0 } }, 'deliveryDays'],
    ['promised-beyond-statutory', { limits: { ...opening.limits, promisedDays: 46 } }, 'promisedDays'],
  ] as const)('refuses an item that cannot work: %s', (problem, change, id) => {
    given()
      .when(deed(clerk, { ...opening, ...change }))
      .refused({ code: 'route-invalid', problem, id });
  });

  it('stops where the calendar ends', () => {
    given()
      .when(deed(clerk, opening, '2029-12-31T02:00:00.000Z'))
      .refused({ code: 'calendar-year-missing', year: 2030 });
  });
});

describe('an agent', () => {
  const intake = { tier: township, department: 'hall', agentPoint: '431021106203' };
  const agent: Actor = {
    tier: township,
    department: 'hall',
    roles: ['agent'],
    agentPoint: '431021106203',
    authid: 'a-1',
  };
  const authorized = { ...opening, intake, authorization: document(8) };

  it('opens a case at its agent point under the applicant’s written authorization', () => {
    given()
      .when(deed(agent, authorized))
      .then('liandong.case.opened.v1', { by: { role: 'agent', agentPoint: '431021106203' } });
  });

  it('does nothing without an authorization', () => {
    const { authorization: _none, ...unauthorized } = authorized;
    given().when(deed(agent, unauthorized)).refused({ code: 'authorization-missing' });
  });

  it('has no part in an item that is not open to agents', () => {
    given()
      .when(deed(agent, { ...authorized, item: { ...opening.item, agentable: false } }))
      .refused({ code: 'item-not-agentable', item: 'construction-joint' });
  });

  it('acts for its own agent point only', () => {
    const supply = {
      type: 'supplyMaterial',
      supplied: [{ material: 'photos', documents: [document(6)] }],
    } as const;
    const opened = given(deed(agent, authorized));
    opened.when(deed(agent, supply, day(1))).then('liandong.case.materialSupplied.v1');
    opened
      .when(deed({ ...agent, agentPoint: '431021106204' }, supply))
      .refused({ code: 'not-entitled', fact: 'materialSupplied' });
  });
});
