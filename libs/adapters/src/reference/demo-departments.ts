import {
  type Bilingual,
  creditCode,
  type DepartmentKind,
  type DepartmentRole,
  roleNames,
  type TierLevel,
} from '@liandong/domain/directory';
import type { TierCode } from '@liandong/kernel';

/** One department as every tier of its levels has it in a demonstration network. */
export type DepartmentPlan = {
  readonly number: number;
  readonly kind: DepartmentKind;
  readonly levels: readonly TierLevel[];
  readonly suffix: Bilingual;
  readonly roles: readonly DepartmentRole[];
  readonly townshipRoles?: readonly DepartmentRole[];
};

const all: readonly TierLevel[] = ['city', 'county', 'township'];
const upper: readonly TierLevel[] = ['city', 'county'];
const bureau = (
  number: number,
  zh: string,
  en: string,
  ...roles: readonly DepartmentRole[]
): DepartmentPlan => ({ number, kind: 'department', levels: upper, suffix: { zh, en }, roles });
const utility = (number: number, zh: string, en: string, role: DepartmentRole): DepartmentPlan => ({
  number,
  kind: 'utility',
  levels: upper,
  suffix: { zh, en },
  roles: [role],
});

/** Functions as they are divided today: land with planning, fire review with construction. */
export const departmentPlans: readonly DepartmentPlan[] = [
  {
    number: 1,
    kind: 'department',
    levels: all,
    suffix: { zh: '人民政府', en: 'People’s Government' },
    roles: ['government'],
    townshipRoles: [
      'government',
      'agriculture',
      'civilAffairs',
      'familyPlanning',
      'humanResources',
      'medicalInsurance',
    ],
  },
  {
    number: 2,
    kind: 'department',
    levels: all,
    suffix: { zh: '政务服务中心', en: 'Administrative Service Centre' },
    roles: ['administrativeService'],
  },
  bureau(3, '发展和改革局', 'Development and Reform Bureau', 'developmentReform'),
  bureau(4, '自然资源局', 'Natural Resources Bureau', 'land', 'planning'),
  bureau(5, '生态环境局', 'Ecology and Environment Bureau', 'ecology'),
  bureau(6, '水利局', 'Water Resources Bureau', 'water'),
  bureau(7, '林业局', 'Forestry Bureau', 'forestry'),
  bureau(8, '住房和城乡建设局', 'Housing and Construction Bureau', 'construction', 'fireReview'),
  bureau(9, '民政局', 'Civil Affairs Bureau', 'civilAffairs'),
  bureau(10, '卫生健康局', 'Health Bureau', 'familyPlanning'),
  bureau(11, '人力资源和社会保障局', 'Human Resources Bureau', 'humanResources'),
  bureau(12, '医疗保障局', 'Medical Insurance Bureau', 'medicalInsurance'),
  bureau(13, '农业农村局', 'Agriculture Bureau', 'agriculture', 'machinery'),
  bureau(14, '税务局', 'Tax Bureau', 'taxation'),
  bureau(15, '市场监督管理局', 'Market Regulation Bureau', 'marketRegulation'),
  bureau(16, '财政局', 'Finance Bureau', 'finance'),
  utility(21, '自来水公司', 'Water Company', 'waterSupply'),
  utility(22, '供电公司', 'Power Company', 'powerSupply'),
  utility(23, '燃气公司', 'Gas Company', 'gasSupply'),
  utility(24, '通信公司', 'Telecom Company', 'telecom'),
  utility(25, '有线电视公司', 'Cable Television Company', 'cableTelevision'),
];

/** `DEM` in place of the organisation's own number: the code is formed by the rule and belongs to nobody. */
export const sampleCreditCode = (tier: TierCode, { number, kind }: DepartmentPlan): string => {
  const authority = kind === 'department' ? '11' : '91';
  const township = tier.slice(6).padEnd(3, '0');
  const code = creditCode(`${authority}${tier.slice(0, 6)}DEM${township}${String(number).padStart(2, '0')}0`);
  if (code === undefined) throw new RangeError(`no credit code for ${tier}`);
  return code;
};

/** The roles a department of this plan holds in a tier of that level. */
export const rolesAt = (plan: DepartmentPlan, level: TierLevel): readonly DepartmentRole[] =>
  level === 'township' ? (plan.townshipRoles ?? plan.roles) : plan.roles;

/** What its window is for, in the words of its functions. */
export const windowName = (roles: readonly DepartmentRole[]): Bilingual => ({
  zh: `${roles.map((role) => roleNames[role].zh).join('、')}窗口`,
  en: `Window: ${roles.map((role) => roleNames[role].en).join(', ')}`,
});
