import { describe, expect, it } from '@jest/globals';
import { parseNetworkPlan } from './network-plan.ts';
import { parseTierFounding } from './tier-founding.ts';

const at = (n: number) => `http://w${n}:8085`;
const plan = {
  network: 'approvals.example',
  tiers: [
    { tier: '431000', name: '郴州市', database: 'city-db:5432' },
    { tier: '431021', parent: '431000', name: '桂阳县', database: 'county-db:5432' },
  ],
  witnesses: {
    'audit-office': at(1),
    archive: at(2),
    province: at(3),
    '431000': at(4),
    '431021': at(5),
  },
  witnessPort: 8085,
  engines: { kafka: { '431021': { links: [] } } },
};
const fieldsOf = (json: unknown) => {
  const parsed = parseNetworkPlan(json);
  return parsed.ok ? [] : parsed.refusal.problems.map(({ field }) => field);
};

describe('the plan of a network', () => {
  it('names its tiers, superiors first, and where their witnesses answer', () => {
    expect(fieldsOf(plan)).toEqual([]);
  });

  it.each([
    ['a tier before its superior', { tiers: plan.tiers.toReversed() }, 'tiers.0.parent'],
    ['two tops', { tiers: [plan.tiers[0], { ...plan.tiers[1], parent: undefined }] }, 'tiers.1.parent'],
    ['a tier twice', { tiers: [...plan.tiers, plan.tiers[1]] }, 'tiers.2.tier'],
    [
      'a witness without an address',
      { witnesses: { ...plan.witnesses, '431021': undefined } },
      'witnesses.431021',
    ],
    ['a witness of nobody', { witnesses: { ...plan.witnesses, neighbour: at(6) } }, 'witnesses.neighbour'],
    ['an engine at no tier', { engines: { kafka: { '431022': {} } } }, 'engines.kafka.431022'],
    [
      'a database with its password',
      { tiers: [{ ...plan.tiers[0], database: 'u:p@db:5432' }] },
      'tiers.0.database',
    ],
    [
      'an event store that is none',
      { tiers: [{ ...plan.tiers[0], eventStoreUrl: 'http://es:2113' }] },
      'tiers.0.eventStoreUrl',
    ],
    ['secrets beside nothing', { secretsFolder: 'secrets' }, 'secretsFolder'],
  ])('is refused for %s', (_, change, field) => {
    expect(fieldsOf({ ...plan, ...change })).toContain(field);
  });
});

describe('what a directory begins with', () => {
  const department = '11431021006311234X';
  const name = { zh: '自然资源局', en: 'Natural Resources Bureau' };
  const establish = { type: 'establishDepartment', department, kind: 'department', name, roles: ['land'] };
  const founding = {
    level: 'county',
    name: { zh: '桂阳县', en: 'Guiyang County' },
    tier: [{ type: 'openServiceCenter', name, address: '桂阳县' }],
    departments: [{ department, commands: [establish, { type: 'openWindow', window: 'A04', name }] }],
  };
  const refused = (json: unknown) => {
    const parsed = parseTierFounding(json);
    return parsed.ok ? [] : parsed.refusal.problems.map(({ field }) => field);
  };

  it('is the commands of its tier and of each department', () => {
    expect(refused(founding)).toEqual([]);
    expect(refused({ level: 'county', name })).toEqual([]);
  });

  it('names a command that nobody knows, and a department that is not established', () => {
    const commands = [{ type: 'paintWindow' }];
    expect(refused({ ...founding, departments: [{ department, commands }] })).toEqual([
      'departments.0.commands.0.type',
    ]);
    expect(
      refused({
        ...founding,
        departments: [{ department, commands: [{ type: 'closeWindow', window: 'A1' }] }],
      }),
    ).toEqual(['departments.0.commands.0']);
    expect(refused({ ...founding, tier: [{ type: 'foundTier' }] })).toEqual(['tier.0.type']);
  });
});
