import type {
  AuthorityAct,
  Bilingual,
  DepartmentCommand,
  TierCommand,
  TierLevel,
} from '@liandong/domain/directory';
import type { TierCode } from '@liandong/kernel';
import {
  departmentPlans,
  type DepartmentPlan,
  rolesAt,
  sampleCreditCode,
  windowName,
} from './demo-departments.ts';
import { type Division, division, type Village, villagesOf } from './divisions.ts';
import { bilingualName } from './names.ts';

/** Everything a demonstration tier is founded with, as the commands that found it. */
export type DemoTier = {
  readonly tier: TierCode;
  readonly level: TierLevel;
  readonly name: Bilingual;
  readonly parent?: TierCode;
  /** For the stream of the tier itself, in their order. */
  readonly founding: readonly TierCommand[];
  /** For the stream of each department, in their order. */
  readonly departments: readonly DemoDepartment[];
  /** Sample persons of the development issuer: one per role, more where the route needs them. */
  readonly people: readonly DemoPerson[];
};
export type DemoDepartment = { readonly department: string; readonly commands: readonly DepartmentCommand[] };

export type DemoPerson = {
  readonly id: string;
  readonly name: string;
  readonly tier: TierCode;
  /** Code of the department; '' for who belongs to none. */
  readonly department: string;
  readonly roles: readonly DemoRole[];
  readonly window?: string;
  readonly agentPoint?: string;
};
export type DemoRole =
  | 'windowClerk'
  | 'reviewer'
  | 'approver'
  | 'leadCoordinator'
  | 'organHead'
  | 'governmentHead'
  | 'agent'
  | 'applicant'
  | 'supervisor'
  | 'operator'
  | 'auditor'
  | 'catalogueManager'
  | 'dataProtection';

/** The demonstration tier of a real division; `undefined` if the country has no such division. */
export const demoTier = (network: string, code: string): DemoTier | undefined => {
  const place = division(code);
  if (place === undefined) return undefined;
  const name = bilingualName(place);
  const village = place.level === 'township' ? agentVillage(code) : undefined;
  const plans = departmentPlans.filter(({ levels }) => levels.includes(place.level));
  const people = peopleOf(place, plans, village);
  return {
    tier: place.code,
    level: place.level,
    name,
    ...(place.parent === undefined ? {} : { parent: place.parent }),
    founding: foundingOf(network, place, name, village),
    departments: plans.map((plan) => departmentOf(place, name, plan, people)),
    people,
  };
};

/** The first village proper, else the first community: towns list their communities first. */
const agentVillage = (township: string): Village | undefined => {
  const villages = villagesOf(township);
  return villages.find(({ code }) => Number(code.slice(9)) >= 200) ?? villages[0];
};

const foundingOf = (
  network: string,
  { code: tier, level, parent }: Division,
  name: Bilingual,
  village: Village | undefined,
): readonly TierCommand[] => [
  {
    type: 'foundTier',
    network,
    tier,
    level,
    name,
    demonstration: true,
    ...(parent === undefined ? {} : { superior: { tier: parent, network, demonstration: true } }),
  },
  {
    type: 'openServiceCenter',
    name: { zh: `${name.zh}政务服务中心（示范）`, en: `${name.en} Service Centre (demonstration)` },
    address: `${name.zh}（示范地址）`,
  },
  ...(village === undefined
    ? []
    : [
        {
          type: 'openAgentPoint',
          agentPoint: village.code,
          name: { zh: `${village.name}便民服务代办点`, en: `Agent point ${village.code}` },
        } as const,
      ]),
];

export const windowOf = ({ number, kind }: DepartmentPlan): string =>
  `${kind === 'utility' ? 'B' : 'A'}${String(number).padStart(2, '0')}`;

const posts: Readonly<Partial<Record<DemoRole, { post: Bilingual; acts: readonly AuthorityAct[] }>>> = {
  windowClerk: {
    post: { zh: '窗口工作人员', en: 'Window clerk' },
    acts: ['receive', 'accept', 'deliver'],
  },
  reviewer: { post: { zh: '审查员', en: 'Reviewer' }, acts: ['accept', 'review'] },
  approver: { post: { zh: '首席审批员', en: 'Approver' }, acts: ['accept', 'review', 'determine'] },
  leadCoordinator: {
    post: { zh: '牵头协调员', en: 'Lead coordinator' },
    acts: ['accept', 'review', 'conclude', 'deliver'],
  },
  organHead: {
    post: { zh: '部门负责人', en: 'Head of the organ' },
    acts: ['review', 'determine', 'conclude'],
  },
  agent: { post: { zh: '代办员', en: 'Agent' }, acts: ['receive', 'deliver'] },
};

const departmentOf = (
  { code: tier, level }: Division,
  place: Bilingual,
  plan: DepartmentPlan,
  people: readonly DemoPerson[],
): DemoDepartment => {
  const department = sampleCreditCode(tier, plan);
  const roles = rolesAt(plan, level);
  const window = windowOf(plan);
  const name = { zh: place.zh + plan.suffix.zh, en: `${place.en} ${plan.suffix.en}` };
  const section: DepartmentCommand = {
    type: 'formApprovalSection',
    name: { zh: '行政审批股', en: 'Approval section' },
    inCenter: true,
  };
  return {
    department,
    commands: [
      { type: 'establishDepartment', department, kind: plan.kind, name, roles },
      ...(plan.kind === 'department' ? [section] : []),
      { type: 'openWindow', window, name: windowName(roles) },
      ...people.filter((person) => person.department === department).flatMap(stationed),
    ],
  };
};

const stationed = ({ id, name, roles, window, agentPoint }: DemoPerson): readonly DepartmentCommand[] =>
  roles.flatMap((role): readonly DepartmentCommand[] => {
    const place = posts[role];
    if (place === undefined) return [];
    const seat = {
      ...(window === undefined ? {} : { window }),
      ...(agentPoint === undefined ? {} : { agentPoint }),
    };
    return [
      { type: 'stationStaff', staff: id, name, post: place.post, ...seat },
      { type: 'delegateAuthority', staff: id, authority: { items: 'all', acts: place.acts } },
    ];
  });

/** `reviewer-431021-06`: role, tier and the number of the department. */
const personId = (role: DemoRole, tier: string, plan?: DepartmentPlan): string =>
  plan === undefined ? `${role}-${tier}` : `${role}-${tier}-${String(plan.number).padStart(2, '0')}`;

const peopleOf = (
  { code: tier, level }: Division,
  plans: readonly DepartmentPlan[],
  village: Village | undefined,
): readonly DemoPerson[] => {
  const inDepartment = (plan: DepartmentPlan, role: DemoRole, name: string, window?: string): DemoPerson => ({
    id: personId(role, tier, plan),
    name,
    tier,
    department: sampleCreditCode(tier, plan),
    roles: [role],
    ...(window === undefined ? {} : { window }),
  });
  const organs = plans.flatMap((plan): readonly DemoPerson[] => {
    const own = rolesAt(plan, level);
    const short = `（示范·${plan.suffix.zh}）`;
    return [
      inDepartment(plan, 'windowClerk', `窗口甲${short}`, windowOf(plan)),
      inDepartment(plan, 'reviewer', `审查乙${short}`),
      inDepartment(plan, 'approver', `审批丙${short}`),
      inDepartment(plan, 'leadCoordinator', `协调丁${short}`),
      inDepartment(plan, 'organHead', `负责人戊${short}`),
      ...(own.includes('government') ? [inDepartment(plan, 'governmentHead', `政府领导己${short}`)] : []),
      ...(own.includes('government') && village !== undefined
        ? [{ ...inDepartment(plan, 'agent', `代办员庚${short}`), agentPoint: village.code }]
        : []),
    ];
  });
  const apart = (role: DemoRole, name: string): DemoPerson => ({
    id: personId(role, tier),
    name,
    tier,
    department: '',
    roles: [role],
  });
  return [
    ...organs,
    apart('applicant', '申请人（示范）'),
    apart('supervisor', '监察员（示范）'),
    apart('operator', '运维员（示范）'),
    apart('auditor', '审计员（示范）'),
    apart('catalogueManager', '目录管理员（示范）'),
    apart('dataProtection', '个人信息保护负责人（示范）'),
  ];
};
