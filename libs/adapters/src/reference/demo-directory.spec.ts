import { describe, expect, it } from '@jest/globals';
import { departmentFor, departmentRoles, isCreditCode, mayAct } from '@liandong/domain/directory';
import { checkOwnSchema } from '@liandong/contracts';
import { ok, type TierCode } from '@liandong/kernel';
import { directoryOf, foundingFacts, network, sampleTier } from '../../test/demo-network.ts';
import { demoTier, divisionsUnder, villagesOf } from './index.ts';

const city = '431000' as TierCode;
const county = '431021' as TierCode;
const township = '431021106' as TierCode;
const tiers = [city, county, township];

describe('a demonstration tier', () => {
  it('is founded by commands its own deciders accept', () => {
    for (const code of tiers) {
      const facts = foundingFacts(sampleTier(code));
      expect(facts[0]).toMatchObject({
        stream: `tier-${code}.genesis`,
        fact: { type: 'liandong.tier.founded.v1', data: { network, tier: code, demonstration: true } },
      });
      for (const { fact } of facts) {
        expect([fact.type, checkOwnSchema(fact.type, fact.data)]).toEqual([fact.type, ok('known')]);
      }
    }
  });

  it('is generated for any real division and for no other', () => {
    for (const { code } of divisionsUnder(county)) {
      expect(foundingFacts(sampleTier(code)).length).toBeGreaterThan(10);
    }
    expect(demoTier(network, '431099')).toBeUndefined();
  });

  it('bears the real name of its region', () => {
    expect(tiers.map((code) => sampleTier(code).name)).toEqual([
      { zh: '郴州市', en: 'Chenzhou City' },
      { zh: '桂阳县', en: 'Guiyang County' },
      { zh: '流峰镇', en: 'Liufeng Town' },
    ]);
  });

  it('has departments under valid codes that belong to nobody', () => {
    const codes = tiers.flatMap((code) => sampleTier(code).departments.map(({ department }) => department));
    expect(codes.filter((code) => !isCreditCode(code))).toEqual([]);
    expect(codes.filter((code) => !/^(11|91)\d{6}DEM/.test(code))).toEqual([]);
    expect(new Set(codes).size).toBe(codes.length);
  });

  it('answers for every function in the city and the county', () => {
    const directory = directoryOf(city, county);
    for (const tier of [city, county]) {
      expect(departmentRoles.filter((role) => departmentFor(directory, tier, role) === undefined)).toEqual(
        [],
      );
    }
  });

  it('has its agent point in a village of its own', () => {
    const directory = directoryOf(township);
    const state = directory.tiers.get(township);
    const points = state?.status === 'founded' ? [...state.agentPoints] : [];
    expect(points).toHaveLength(1);
    expect(villagesOf(township).find(({ code }) => code === points[0])?.name).toBe('东水村村委会');
  });

  it('stations its people where their papers say, with the power their role needs', () => {
    const directory = directoryOf(...tiers);
    const stationed = tiers
      .flatMap((code) => sampleTier(code).people)
      .filter(({ roles }) => roles.includes('approver'));
    expect(stationed.length).toBeGreaterThan(20);
    for (const { id, tier, department } of stationed) {
      const state = directory.departments.get(`department-${tier}.${department}` as never)?.state;
      expect(state !== undefined && mayAct(state, id, 'determine', '431001111011')).toBe(true);
      expect(state !== undefined && mayAct(state, id, 'receive', '431001111011')).toBe(false);
    }
  });

  it('has a sample person for every role, each with an id of one’s own', () => {
    const people = tiers.flatMap((code) => sampleTier(code).people);
    expect(new Set(people.map(({ id }) => id)).size).toBe(people.length);
    expect(new Set(people.flatMap(({ roles }) => roles))).toEqual(
      new Set([
        'windowClerk',
        'reviewer',
        'approver',
        'leadCoordinator',
        'organHead',
        'governmentHead',
        'agent',
        'applicant',
        'supervisor',
        'operator',
        'auditor',
        'catalogueManager',
        'dataProtection',
      ]),
    );
    expect(people.find(({ id }) => id === 'agent-431021106-01')?.agentPoint).toMatch(/^431021106\d{3}$/);
    expect(people.find(({ id }) => id === 'windowClerk-431021-02')).toMatchObject({ window: 'A02' });
  });
});
