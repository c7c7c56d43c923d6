import type { Fact, TierCode } from '@liandong/kernel';

/** A text people read: mainland Simplified Chinese first, English second. */
export type Bilingual = { readonly zh: string; readonly en: string };

export const tierLevels = ['city', 'county', 'township'] as const;
export type TierLevel = (typeof tierLevels)[number];

/** A public function a department answers for. Reorganisations move functions between departments; routes name functions. */
export const departmentRoles = [
  'government',
  'administrativeService',
  'developmentReform',
  'land',
  'planning',
  'ecology',
  'water',
  'forestry',
  'construction',
  'fireReview',
  'civilAffairs',
  'familyPlanning',
  'humanResources',
  'medicalInsurance',
  'agriculture',
  'machinery',
  'taxation',
  'marketRegulation',
  'finance',
  'waterSupply',
  'powerSupply',
  'gasSupply',
  'telecom',
  'cableTelevision',
] as const;
export type DepartmentRole = (typeof departmentRoles)[number];

/** Who stands behind a window: an organ of state, a public utility, or an admitted intermediary. */
export const departmentKinds = ['department', 'utility', 'intermediary'] as const;
export type DepartmentKind = (typeof departmentKinds)[number];

/** What a member of staff may be authorised to do at the window (授权到位). */
export const authorityActs = ['receive', 'accept', 'review', 'determine', 'conclude', 'deliver'] as const;
export type AuthorityAct = (typeof authorityActs)[number];

/** Delegated power over some items, or over every item of the department. */
export type Authority = {
  readonly items: readonly string[] | 'all';
  readonly acts: readonly AuthorityAct[];
};

// Stream tier-<code>.genesis

export type TierFounded = Fact<
  'liandong.tier.founded.v1',
  {
    network: string;
    tier: TierCode;
    level: TierLevel;
    name: Bilingual;
    parent?: TierCode;
    /** A demonstration network runs on a simulated clock; it never links to a network on real time. */
    demonstration: boolean;
  }
>;
export type ServiceCenterOpened = Fact<
  'liandong.tier.serviceCenterOpened.v1',
  { name: Bilingual; address: string }
>;
/** 村(社区)便民服务代办点: an intake point of a township. */
export type AgentPointOpened = Fact<
  'liandong.tier.agentPointOpened.v1',
  { agentPoint: string; name: Bilingual }
>;
export type AgentPointClosed = Fact<'liandong.tier.agentPointClosed.v1', { agentPoint: string }>;
export type TierFact = TierFounded | ServiceCenterOpened | AgentPointOpened | AgentPointClosed;

// Stream department-<tier>.<credit code>

export type DepartmentEstablished = Fact<
  'liandong.department.established.v1',
  {
    /** 统一社会信用代码 (GB 32100). */
    department: string;
    kind: DepartmentKind;
    name: Bilingual;
    roles: readonly DepartmentRole[];
  }
>;
/** A reorganisation: which functions the department answers for from now on. */
export type RolesChanged = Fact<
  'liandong.department.rolesChanged.v1',
  { roles: readonly DepartmentRole[]; name?: Bilingual }
>;
/** 两集中: approval functions gathered in one section, the section working in the centre. */
export type ApprovalSectionFormed = Fact<
  'liandong.department.approvalSectionFormed.v1',
  { name: Bilingual; inCenter: boolean }
>;
export type WindowOpened = Fact<'liandong.department.windowOpened.v1', { window: string; name: Bilingual }>;
export type WindowClosed = Fact<'liandong.department.windowClosed.v1', { window: string }>;
/** The name of the person is a disclosure (`personal.name`); events know the staff id alone. */
export type StaffStationed = Fact<
  'liandong.department.staffStationed.v1',
  { staff: string; post: Bilingual; window?: string; agentPoint?: string }
>;
export type AuthorityDelegated = Fact<
  'liandong.department.authorityDelegated.v1',
  { staff: string; authority: Authority }
>;
export type AuthorityRevoked = Fact<'liandong.department.authorityRevoked.v1', { staff: string }>;
export type StaffLeft = Fact<'liandong.department.staffLeft.v1', { staff: string }>;
export type DepartmentFact =
  | DepartmentEstablished
  | RolesChanged
  | ApprovalSectionFormed
  | WindowOpened
  | WindowClosed
  | StaffStationed
  | AuthorityDelegated
  | AuthorityRevoked
  | StaffLeft;

export type DirectoryFact = TierFact | DepartmentFact;
