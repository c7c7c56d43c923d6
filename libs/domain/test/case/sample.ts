import type { Mandate, TierCode } from '@liandong/kernel';
import { ok, refuse } from '@liandong/kernel';
import {
  implementationNumber,
  type Actor,
  type CaseCommand,
  type LegalDay,
  type Material,
  type Open,
  type ResolvedRoute,
  type Role,
} from '../../src/case/index.ts';

export const city = '431000' as TierCode;
export const county = '431021' as TierCode;
export const township = '431021106' as TierCode;

/** Monday to Friday, to the end of the day in Shanghai. No calendar beyond 2029. */
export const legalDay: LegalDay = (from, days) => {
  const day = new Date(Date.parse(from) + 8 * 3_600_000);
  day.setUTCHours(23, 59, 59, 999);
  for (let left = days; left > 0;) {
    day.setUTCDate(day.getUTCDate() + 1);
    if (day.getUTCDay() % 6 !== 0) left--;
  }
  return day.getUTCFullYear() > 2029
    ? refuse({ code: 'calendar-year-missing', year: day.getUTCFullYear() })
    : ok(new Date(day.getTime() - 8 * 3_600_000).toISOString());
};

/** Monday 2 March 2026, ten in the morning in Shanghai, and days after it. */
export const day = (days: number, minutes = 0): string =>
  new Date(Date.UTC(2026, 2, 2 + days, 2, minutes)).toISOString();

export const endOf = (days: number): string =>
  new Date(Date.UTC(2026, 2, 2 + days, 15, 59, 59, 999)).toISOString();

export const document = (n: number): string => n.toString(16).padStart(64, '0');

// People

const actor = (tier: TierCode, department: string | undefined, ...roles: Role[]): Actor => ({
  tier,
  ...(department !== undefined && { department }),
  roles,
  authid: `${tier}-${roles.join('-')}`,
});

export const organs = {
  cityLead: { tier: city, department: 'development' },
  cityEnvironment: { tier: city, department: 'environment' },
  cityForestry: { tier: city, department: 'forestry' },
  countyCentre: { tier: county, department: 'centre' },
  countyLand: { tier: county, department: 'land' },
  townshipSite: { tier: township, department: 'construction' },
} as const satisfies Record<string, Mandate>;

const staff = ({ tier, department }: Mandate, ...roles: Role[]): Actor => actor(tier, department, ...roles);

export const clerk = staff(organs.countyCentre, 'windowClerk');
export const lead = staff(organs.cityLead, 'leadCoordinator');
export const leadHead = staff(organs.cityLead, 'organHead');
export const mayor = actor(city, 'government', 'governmentHead');
export const environment = staff(organs.cityEnvironment, 'approver');
export const environmentHead = staff(organs.cityEnvironment, 'organHead');
export const forestry = staff(organs.cityForestry, 'reviewer');
export const land = staff(organs.countyLand, 'approver');
export const site = staff(organs.townshipSite, 'reviewer');
export const applicant: Actor = { tier: county, roles: ['applicant'], authid: 'p-7f3a' };
export const countyFollower = actor(county, undefined, 'system');
export const cityFollower = actor(city, undefined, 'system');

// The case: a construction project, taken in at the county, led by the city

export const route: ResolvedRoute = {
  stages: [
    {
      id: 'review',
      name: '联合审查',
      endsOnRefusal: false,
      steps: [
        {
          id: 'site',
          name: '选址与居民意见',
          kind: 'opinion',
          ...organs.townshipSite,
          days: 5,
          procedures: [],
        },
        {
          id: 'land',
          name: '用地预审',
          kind: 'determination',
          ...organs.countyLand,
          itemCode: 'land-1',
          days: 8,
          procedures: ['hearing'],
        },
        {
          id: 'environment',
          name: '环境影响评价',
          kind: 'determination',
          ...organs.cityEnvironment,
          itemCode: 'env-1',
          days: 10,
          procedures: ['expertReview', 'hearing'],
          extension: { days: 5, authority: 'organHead' },
        },
      ],
    },
    {
      id: 'above',
      name: '上级林地审核',
      endsOnRefusal: true,
      steps: [
        {
          id: 'forest',
          name: '林地',
          kind: 'external',
          ...organs.cityForestry,
          externalOrgan: '省林业局',
          days: 20,
          procedures: [],
        },
      ],
    },
  ],
};

export const materials: readonly Material[] = [
  { code: 'form', name: '申请表', required: true, tolerable: false },
  { code: 'plan', name: '项目方案', required: true, tolerable: false },
  { code: 'survey', name: '测绘报告', required: true, tolerable: true },
  { code: 'photos', name: '现场照片', required: false, tolerable: false },
];

export const opening: Open = {
  type: 'open',
  number: {
    profile: 'implementation31',
    value: implementationNumber('11431000006332876C4430100000001', '2026-03-02', 1),
  },
  item: {
    code: 'construction-joint',
    version: '2026-1',
    hash: document(1),
    name: '建设项目联合审批',
    agentable: true,
  },
  kind: 'joint',
  intake: { ...organs.countyCentre, window: 'w-3' },
  lead: organs.cityLead,
  applicant: { kind: '2', reference: applicant.authid, creditworthy: true },
  route,
  materials,
  supplied: [
    { material: 'form', documents: [document(2)] },
    { material: 'plan', documents: [document(3)] },
    { material: 'survey', documents: [document(4)] },
  ],
  limits: {
    statutoryDays: 45,
    promisedDays: 20,
    noticeDays: 5,
    correctionDays: 15,
    deliveryDays: 10,
    extension: { days: 15, authority: 'governmentHead' },
  },
  superiors: { [city]: [], [county]: [city], [township]: [county, city] },
  pilot: false,
  details: { applicantName: '桂阳某某有限公司', matter: '年产二十万吨饲料项目' },
};

export const without = (...missing: readonly string[]): Open => ({
  ...opening,
  supplied: opening.supplied.filter(({ material }) => !missing.includes(material)),
});

// Common acts

export type Deed = { readonly by: Actor; readonly command: CaseCommand; readonly at?: string };

export const deed = (by: Actor, command: CaseCommand, at?: string): Deed => ({
  by,
  command,
  ...(at !== undefined && { at }),
});

export const tolerating = {
  type: 'acceptTolerating',
  materials: ['survey'],
  days: 10,
  promise: document(9),
} as const satisfies CaseCommand;

export const agrees = (step: string) => ({ step, result: 'agree', document: document(20) }) as const;
export const refuses = (step: string) =>
  ({
    step,
    result: 'refuse',
    document: document(21),
    reasons: '不符合规划',
    remedies: ['reconsideration', 'litigation'],
  }) as const;

export const opens = deed(clerk, opening);
export const preAccepts = deed(clerk, { type: 'preAccept' });
export const accepts = deed(clerk, { type: 'accept' });
export const opensReview = deed(lead, { type: 'openStage', stage: 'review' });
export const siteAgrees = deed(site, { type: 'giveOpinion', ...agrees('site') });
export const landAgrees = deed(land, { type: 'determine', ...agrees('land') });
export const landRefuses = deed(land, { type: 'determine', ...refuses('land') });
export const environmentAgrees = deed(environment, { type: 'determine', ...agrees('environment') });
export const opensAbove = deed(lead, { type: 'openStage', stage: 'above' });
export const forestAgrees = deed(forestry, { type: 'recordExternal', ...agrees('forest') });
export const concludes = deed(lead, { type: 'conclude', result: '0', document: document(30) });
export const refusesAll = deed(lead, {
  type: 'conclude',
  result: '1',
  document: document(31),
  reasons: '用地未获批准',
  remedies: ['reconsideration'],
});
export const delivers = deed(clerk, { type: 'deliver', channel: '1', document: document(32) });
export const withdraws = deed(applicant, { type: 'withdraw', reasons: '项目取消' });

export const accepted = [opens, preAccepts, accepts] as const;
export const inReview = [...accepted, opensReview] as const;
export const reviewed = [
  ...inReview,
  siteAgrees,
  landAgrees,
  environmentAgrees,
  opensAbove,
  forestAgrees,
] as const;
