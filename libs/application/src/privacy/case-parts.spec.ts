import { describe, expect, it } from '@jest/globals';
import { emptyLog, logged } from '@liandong/domain/case';
import type { TierCode } from '@liandong/kernel';
import type { CaseFile } from '../cases/case-file.ts';
import { mayEntitle, partsIn } from './case-parts.ts';

const [city, county, township, other] = ['431000', '431021', '431021106', '431022'] as [
  TierCode,
  TierCode,
  TierCode,
  TierCode,
];
const mandate = (tier: TierCode) => ({ tier, department: '03' });
const step = (stage: string, kind: string, organ: TierCode, ...former: readonly TierCode[]) => ({
  ...{ stage, step: { kind }, organ: mandate(organ), formerOrgans: former.map(mandate) },
});
const matter = {
  opening: { intake: mandate(township), lead: mandate(county) },
  ...{ lead: mandate(county), audience: [city, county, township, other] },
  ...{ transfers: [], takeovers: [], stages: [], steps: {} },
};
const event = (name: string, data: object, change: object = {}) => ({
  ...{ hash: name, superseded: false, fact: { type: `liandong.case.${name}.v1`, data } },
  ...change,
});
/** What the mapping reads of a case, and nothing else. */
const file = (change: object, events: readonly object[] = [], withoutEffect = emptyLog) =>
  ({ state: { matter: { ...matter, ...change }, withoutEffect }, events }) as unknown as CaseFile;
const taken = (of: CaseFile) => partsIn(of).taken.map(({ tier, part }) => `${tier} ${part}`);
const basic = [`${township} intake`, `${county} lead`, `${county} lead`];

describe('the parts tiers have in a case', () => {
  it('are those of the counter that took it in and of the lead, and none of a superior', () => {
    expect(taken(file({}))).toEqual(basic);
    expect(partsIn(file({})).audience).toEqual(matter.audience);
  });

  it('begin for an organ with the stage of its step, and stay when the step moves up', () => {
    const steps = {
      a: step('first', 'determination', city, other),
      b: step('first', 'opinion', township),
      c: step('second', 'external', other),
    };
    expect(taken(file({ steps }))).toEqual(basic);
    expect(taken(file({ steps, stages: ['first'] })).slice(basic.length)).toEqual([
      `${city} decider`,
      `${other} decider`,
      `${township} adviser`,
    ]);
    expect(taken(file({ steps, stages: ['first', 'second'] }))).toContain(`${other} decider`);
  });

  it('are a lead’s for every tier that led, by transfer or takeover', () => {
    const at = '2026-03-02T01:00:00.000Z';
    const transfers = [{ from: mandate(county), to: mandate(city), at }];
    const takeovers = [{ from: mandate(city), to: mandate(other), at }];
    const leads = new Set(taken(file({ lead: mandate(other), transfers, takeovers })));
    for (const tier of [county, city, other]) expect(leads).toContain(`${tier} lead`);
  });

  it('come of being consulted or let in, if that had effect', () => {
    const consulted = event('consulted', { asked: mandate(other) });
    const shared = event('shared', { tiers: [city, other] });
    const given = [`${other} adviser`, `${city} guest`, `${other} guest`];
    expect(taken(file({}, [consulted, shared]))).toEqual([...basic, ...given]);
    const none = logged(emptyLog, { hash: 'shared', reason: { code: 'not-entitled' } } as never);
    expect(taken(file({}, [consulted, shared], none as never))).toEqual([...basic, `${other} adviser`]);
    expect(taken(file({}, [{ ...consulted, superseded: true }]))).toEqual(basic);
  });

  it('are nobody’s before a case is opened', () => {
    expect(partsIn({ state: {}, events: [] } as unknown as CaseFile)).toEqual({ audience: [], taken: [] });
  });

  it('change by no event of another type', () => {
    expect(mayEntitle('liandong.case.stageOpened.v1')).toBe(true);
    expect(mayEntitle('liandong.case.filed.v1')).toBe(false);
  });
});
