import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { StreamName, TierCode } from '@liandong/kernel';
import { givenFor } from '@liandong/testing';
import {
  creditCode,
  type DepartmentEstablished,
  type DepartmentFact,
  departmentDecider,
  departmentFor,
  departmentStream,
  emptyDirectory,
  evolveDirectory,
  type FoundTier,
  isCreditCode,
  levelOf,
  mayAct,
  superiorsOf,
  tierDecider,
  type TierFounded,
  tierStream,
} from './index.ts';

const city = '431000' as TierCode;
const county = '431021' as TierCode;
const township = '431021106' as TierCode;
const name = { zh: '流峰镇', en: 'Liufeng' };
const network = 'demo.example';

const givenTier = givenFor(tierDecider);
const givenDepartment = givenFor(departmentDecider);

const founding: FoundTier = {
  type: 'foundTier',
  network,
  tier: township,
  level: 'township',
  name,
  demonstration: true,
  superior: { tier: county, network, demonstration: true },
};
const founded: TierFounded = {
  type: 'liandong.tier.founded.v1',
  data: { network, tier: township, level: 'township', name, parent: county, demonstration: true },
};
const point = '431021106200';
const opened = {
  type: 'liandong.tier.agentPointOpened.v1',
  data: { agentPoint: point, name },
} as const;

describe('a tier', () => {
  it('is founded under its superior, marked as a demonstration where it is one', () => {
    givenTier().when(founding).then(founded);
  });

  it('is the top of its network only as a city', () => {
    const { superior: _, ...alone } = founding;
    givenTier().when(alone).refused({ code: 'superior-required', level: 'township' });
    givenTier()
      .when({ ...alone, tier: city, level: 'city' })
      .then({
        type: 'liandong.tier.founded.v1',
        data: { network, tier: city, level: 'city', name, demonstration: true },
      });
  });

  it('is what its first founding says, and nothing before', () => {
    const other: TierFounded = { ...founded, data: { ...founded.data, demonstration: false } };
    const once = tierDecider.evolve(tierDecider.initial, founded);
    expect(tierDecider.evolve(once, other)).toBe(once);
    expect(tierDecider.evolve(tierDecider.initial, opened)).toEqual({ status: 'unfounded' });
  });

  it('is founded only once', () => {
    givenTier(founded).when(founding).refused({ code: 'tier-already-founded', tier: township });
  });

  it('carries a division code of its level', () => {
    givenTier()
      .when({ ...founding, level: 'county' })
      .refused({ code: 'tier-code-not-of-level', tier: township, level: 'county' });
  });

  it('stands under the tier its code names', () => {
    givenTier()
      .when({ ...founding, superior: { tier: city, network, demonstration: true } })
      .refused({ code: 'tier-not-under-superior', tier: township, superior: city });
  });

  it('never mixes a demonstration with real time', () => {
    givenTier()
      .when({ ...founding, demonstration: false })
      .refused({ code: 'demonstration-not-mixed', superior: county });
  });

  it('belongs to the network of its superior', () => {
    givenTier()
      .when({ ...founding, network: 'other.example' })
      .refused({ code: 'network-differs', network: 'other.example', superior: network });
  });

  it('has one service centre', () => {
    const center = { name, address: '流峰镇政府大院' };
    const open = { type: 'liandong.tier.serviceCenterOpened.v1', data: center } as const;
    givenTier(founded)
      .when({ type: 'openServiceCenter', ...center })
      .then(open);
    givenTier(founded, open)
      .when({ type: 'openServiceCenter', ...center })
      .refused({ code: 'service-center-already-open' });
    givenTier()
      .when({ type: 'openServiceCenter', ...center })
      .refused({ code: 'tier-not-founded' });
  });
});

describe('an agent point', () => {
  const open = { type: 'openAgentPoint', agentPoint: point, name } as const;

  it('is opened in a village of the township', () => {
    givenTier(founded).when(open).then(opened);
  });

  it('is not opened in a village of another township', () => {
    const agentPoint = '431021107200';
    givenTier(founded)
      .when({ ...open, agentPoint })
      .refused({ code: 'agent-point-not-of-township', agentPoint });
  });

  it('belongs to townships only', () => {
    const of: TierFounded = { ...founded, data: { ...founded.data, tier: county, level: 'county' } };
    givenTier(of).when(open).refused({ code: 'agent-points-in-townships-only', level: 'county' });
  });

  it('is opened once until it is closed', () => {
    const closed = { type: 'liandong.tier.agentPointClosed.v1', data: { agentPoint: point } } as const;
    const close = { type: 'closeAgentPoint', agentPoint: point } as const;
    givenTier(founded, opened).when(open).refused({ code: 'agent-point-already-open', agentPoint: point });
    givenTier(founded, opened).when(close).then(closed);
    givenTier(founded, opened, closed).when(open).then(opened);
    givenTier(founded).when(close).refused({ code: 'agent-point-unknown', agentPoint: point });
  });
});

const code = '11440232MB2D06811W';
const established: DepartmentEstablished = {
  type: 'liandong.department.established.v1',
  data: { department: code, kind: 'department', name, roles: ['water'] },
};
const window1: DepartmentFact = {
  type: 'liandong.department.windowOpened.v1',
  data: { window: 'w1', name },
};
const stationed: DepartmentFact = {
  type: 'liandong.department.staffStationed.v1',
  data: { staff: 's-1', post: name, window: 'w1' },
};
const authority = { items: ['430104001001'], acts: ['accept', 'review'] } as const;
const delegated: DepartmentFact = {
  type: 'liandong.department.authorityDelegated.v1',
  data: { staff: 's-1', authority },
};

describe('a department', () => {
  const establish = { type: 'establishDepartment', ...established.data } as const;

  it('is established under its credit code', () => {
    givenDepartment().when(establish).then(established);
    givenDepartment(established).when(establish).refused({ code: 'department-already-established' });
  });

  it('is not established under a code whose check digit is wrong', () => {
    givenDepartment()
      .when({ ...establish, department: '11440232MB2D068111' })
      .refused({ code: 'credit-code-invalid', department: '11440232MB2D068111' });
  });

  it('answers for at least one function', () => {
    givenDepartment()
      .when({ ...establish, roles: [] })
      .refused({ code: 'role-required' });
  });

  it('holds public power only where it is an organ of state', () => {
    givenDepartment()
      .when({ ...establish, kind: 'utility' })
      .refused({ code: 'role-not-of-kind', role: 'water', kind: 'utility' });
    givenDepartment()
      .when({ ...establish, roles: ['water', 'gasSupply'] })
      .refused({ code: 'role-not-of-kind', role: 'gasSupply', kind: 'department' });
    givenDepartment()
      .when({ ...establish, kind: 'intermediary' })
      .refused({ code: 'role-not-of-kind', role: 'water', kind: 'intermediary' });
  });

  it('may be a utility with its service, or an intermediary with no function at all', () => {
    const utility = { ...establish, kind: 'utility', roles: ['gasSupply'] } as const;
    const intermediary = { ...establish, kind: 'intermediary', roles: [] } as const;
    for (const command of [utility, intermediary]) {
      const { type: _, ...data } = command;
      givenDepartment().when(command).then({ type: 'liandong.department.established.v1', data });
    }
  });

  it('is what its first establishment says, and nothing before', () => {
    const again: DepartmentFact = { ...established, data: { ...established.data, roles: ['forestry'] } };
    const changed: DepartmentFact = {
      type: 'liandong.department.rolesChanged.v1',
      data: { roles: ['forestry'] },
    };
    const fold = (...facts: readonly DepartmentFact[]) =>
      facts.reduce(departmentDecider.evolve, departmentDecider.initial);
    expect(fold(established, again)).toEqual(fold(established));
    expect(fold(changed, window1, stationed, delegated)).toEqual({ status: 'unestablished' });
    expect(fold(established, delegated)).toEqual(fold(established));
    expect(mayAct(fold(), 's-1', 'accept', '430104001001')).toBe(false);
  });

  it('takes over functions in a reorganisation', () => {
    givenDepartment(established)
      .when({ type: 'changeRoles', roles: ['land', 'planning'], name })
      .then({ type: 'liandong.department.rolesChanged.v1', data: { roles: ['land', 'planning'], name } });
    givenDepartment(established).when({ type: 'changeRoles', roles: [] }).refused({ code: 'role-required' });
    givenDepartment()
      .when({ type: 'changeRoles', roles: ['land'] })
      .refused({ code: 'department-not-established' });
  });

  it('gathers its approvals in one section', () => {
    givenDepartment(established)
      .when({ type: 'formApprovalSection', name, inCenter: true })
      .then({ type: 'liandong.department.approvalSectionFormed.v1', data: { name, inCenter: true } });
  });

  it('is a department to have such a section', () => {
    const utility: DepartmentFact = {
      ...established,
      data: { ...established.data, kind: 'utility', roles: ['gasSupply'] },
    };
    givenDepartment(utility)
      .when({ type: 'formApprovalSection', name, inCenter: true })
      .refused({ code: 'approval-section-for-departments-only', kind: 'utility' });
  });
});

describe('a window', () => {
  it('is opened once and closed when nobody stands behind it', () => {
    const open = { type: 'openWindow', window: 'w1', name } as const;
    const close = { type: 'closeWindow', window: 'w1' } as const;
    const left: DepartmentFact = { type: 'liandong.department.staffLeft.v1', data: { staff: 's-1' } };
    givenDepartment(established).when(open).then(window1);
    givenDepartment(established, window1).when(open).refused({ code: 'window-already-open', window: 'w1' });
    givenDepartment(established, window1, stationed)
      .when(close)
      .refused({ code: 'window-staffed', window: 'w1' });
    givenDepartment(established, window1, stationed, left)
      .when(close)
      .then({ type: 'liandong.department.windowClosed.v1', data: { window: 'w1' } });
    givenDepartment(established).when(close).refused({ code: 'window-unknown', window: 'w1' });
    const other: DepartmentFact = {
      type: 'liandong.department.windowOpened.v1',
      data: { window: 'w2', name },
    };
    const closed: DepartmentFact = {
      type: 'liandong.department.windowClosed.v1',
      data: { window: 'w1' },
    };
    givenDepartment(established, window1, other, closed).when(open).then(window1);
    givenDepartment(established, window1, other, closed)
      .when({ ...open, window: 'w2' })
      .refused({ code: 'window-already-open', window: 'w2' });
  });
});

describe('a member of staff', () => {
  const station = {
    type: 'stationStaff',
    staff: 's-1',
    name: '王秀英',
    post: name,
    window: 'w1',
  } as const;

  it('is stationed at a window, the name apart from the event', () => {
    givenDepartment(established, window1)
      .when(station)
      .then({ ...stationed, personal: { name: '王秀英' } });
  });

  it('is stationed at an agent point as well', () => {
    const { window: _, ...apart } = station;
    const agent: DepartmentFact = {
      type: 'liandong.department.staffStationed.v1',
      data: { staff: 's-1', post: name, agentPoint: point },
    };
    givenDepartment(established)
      .when({ ...apart, agentPoint: point })
      .then({ ...agent, personal: { name: '王秀英' } });
    expect([established, agent].reduce(departmentDecider.evolve, departmentDecider.initial)).toMatchObject({
      staff: new Map([['s-1', { agentPoint: point }]]),
    });
    expect(
      [established, window1, stationed].reduce(departmentDecider.evolve, departmentDecider.initial),
    ).toMatchObject({ staff: new Map([['s-1', { window: 'w1' }]]) });
  });

  it('is stationed at a window there is, once, with a name', () => {
    givenDepartment(established).when(station).refused({ code: 'window-unknown', window: 'w1' });
    givenDepartment(established, window1, stationed)
      .when(station)
      .refused({ code: 'staff-already-stationed', staff: 's-1' });
    givenDepartment(established, window1)
      .when({ ...station, name: ' ' })
      .refused({ code: 'name-required' });
  });

  it('is given authority over items, and it can be taken back', () => {
    const delegate = { type: 'delegateAuthority', staff: 's-1', authority } as const;
    const revoke = { type: 'revokeAuthority', staff: 's-1' } as const;
    givenDepartment(established, window1, stationed).when(delegate).then(delegated);
    givenDepartment(established).when(delegate).refused({ code: 'staff-unknown', staff: 's-1' });
    givenDepartment(established, window1, stationed)
      .when({ ...delegate, authority: { items: [], acts: ['accept'] } })
      .refused({ code: 'authority-empty' });
    givenDepartment(established, window1, stationed, delegated)
      .when(revoke)
      .then({ type: 'liandong.department.authorityRevoked.v1', data: { staff: 's-1' } });
    givenDepartment(established, window1, stationed)
      .when(revoke)
      .refused({ code: 'authority-not-delegated', staff: 's-1' });
  });

  it('leaves once', () => {
    const remove = { type: 'removeStaff', staff: 's-1' } as const;
    givenDepartment(established, window1, stationed)
      .when(remove)
      .then({ type: 'liandong.department.staffLeft.v1', data: { staff: 's-1' } });
    givenDepartment(established).when(remove).refused({ code: 'staff-unknown', staff: 's-1' });
  });

  it('may do exactly what was delegated', () => {
    const state = [established, window1, stationed, delegated].reduce(
      departmentDecider.evolve,
      departmentDecider.initial,
    );
    expect(mayAct(state, 's-1', 'accept', '430104001001')).toBe(true);
    expect(mayAct(state, 's-1', 'determine', '430104001001')).toBe(false);
    expect(mayAct(state, 's-1', 'accept', '430104001002')).toBe(false);
    expect(mayAct(state, 's-2', 'accept', '430104001001')).toBe(false);
    const revoked: DepartmentFact = {
      type: 'liandong.department.authorityRevoked.v1',
      data: { staff: 's-1' },
    };
    expect(mayAct(departmentDecider.evolve(state, revoked), 's-1', 'accept', '430104001001')).toBe(false);
  });
});

describe('the directory', () => {
  const other = creditCode('11431021DEMDC0002') ?? '';
  const of = (department: string): DepartmentEstablished => ({
    ...established,
    data: { ...established.data, department },
  });

  it('finds the department of a tier that answers for a function', () => {
    const stream = departmentStream(county, code);
    const directory = evolveDirectory(
      evolveDirectory(emptyDirectory, tierStream(township), founded),
      stream,
      established,
    );
    expect(departmentFor(directory, county, 'water')).toBe(code);
    expect(departmentFor(directory, county, 'forestry')).toBeUndefined();
    expect(departmentFor(directory, city, 'water')).toBeUndefined();
    expect(directory.tiers.get(township)).toMatchObject({ status: 'founded', demonstration: true });
  });

  it('follows a function to the department that took it over', () => {
    const moved: DepartmentFact = {
      type: 'liandong.department.rolesChanged.v1',
      data: { roles: ['forestry'], name: { zh: '林业局', en: 'Forestry' } },
    };
    const stream = departmentStream(county, code);
    const directory = evolveDirectory(evolveDirectory(emptyDirectory, stream, established), stream, moved);
    expect(departmentFor(directory, county, 'water')).toBeUndefined();
    expect(departmentFor(directory, county, 'forestry')).toBe(code);
    expect(directory.departments.get(stream)?.name.zh).toBe('林业局');
  });

  it('learns nothing from a stream of another kind or a department never established', () => {
    const stray = 'case-0123456789abcdef0123456789abcdef' as StreamName;
    expect(evolveDirectory(emptyDirectory, stray, established)).toBe(emptyDirectory);
    expect(evolveDirectory(emptyDirectory, departmentStream(county, code), window1)).toBe(emptyDirectory);
  });

  it('names the same department whatever order the streams came in', () => {
    const build = (codes: readonly string[]) =>
      codes.reduce(
        (directory, one) => evolveDirectory(directory, departmentStream(county, one), of(one)),
        emptyDirectory,
      );
    expect(departmentFor(build([code, other]), county, 'water')).toBe(
      departmentFor(build([other, code]), county, 'water'),
    );
  });
});

describe('a division code', () => {
  it('tells its level and its superiors', () => {
    expect(['431000', '431021', '431021106'].map(levelOf)).toEqual(['city', 'county', 'township']);
    expect(['430000', '43', '431021000', '4310211060', '43102a'].map(levelOf)).toEqual(
      Array.from({ length: 5 }, () => undefined),
    );
    expect(superiorsOf(township)).toEqual([county, city]);
  });
});

describe('a credit code (GB 32100)', () => {
  it('is accepted for known organs', () => {
    expect(['11440232MB2D06811W', '91350100M000100Y43'].map(isCreditCode)).toEqual([true, true]);
  });

  it('is refused when any one character is another', () => {
    const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY';
    const body = fc
      .array(fc.constantFrom(...alphabet), { minLength: 17, maxLength: 17 })
      .map((characters) => characters.join(''));
    fc.assert(
      fc.property(body, fc.nat(17), fc.constantFrom(...alphabet), (first17, at, character) => {
        const right = creditCode(first17) ?? '';
        expect(isCreditCode(right)).toBe(true);
        const changed = right.slice(0, at) + character + right.slice(at + 1);
        expect(isCreditCode(changed)).toBe(changed === right);
      }),
    );
  });

  it('is refused with letters the standard leaves out, or of another length', () => {
    expect(['11440232MB2D06811I', '11440232MB2D0681W', ''].map(isCreditCode)).toEqual([false, false, false]);
    expect(creditCode('11440232OB2D06811')).toBeUndefined();
    expect([creditCode('1144023212345678'), creditCode('114402321234567890')]).toEqual([
      undefined,
      undefined,
    ]);
  });
});
