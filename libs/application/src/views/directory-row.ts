import type {
  Authority,
  Bilingual,
  DepartmentFact,
  DepartmentKind,
  DepartmentRole,
  TierFact,
  TierLevel,
} from '@liandong/domain/directory';
import type { TierCode } from '@liandong/kernel';

export type WindowEntry = { readonly window: string; readonly name: Bilingual };

/** A member of staff by pseudonym. The name is a disclosure. */
export type StaffEntry = {
  readonly staff: string;
  readonly post: Bilingual;
  readonly window?: string;
  readonly agentPoint?: string;
  readonly authority?: Authority;
};

export type DepartmentRow = {
  readonly tier: TierCode;
  readonly department: string;
  readonly kind: DepartmentKind;
  readonly name: Bilingual;
  readonly roles: readonly DepartmentRole[];
  readonly section?: { readonly name: Bilingual; readonly inCenter: boolean };
  readonly windows: readonly WindowEntry[];
  readonly staff: readonly StaffEntry[];
};

export const departmentRow = (tier: TierCode, facts: readonly DepartmentFact[]): DepartmentRow | undefined =>
  facts.reduce<DepartmentRow | undefined>((row, fact) => afterDepartment(tier, row, fact), undefined);

const afterDepartment = (
  tier: TierCode,
  row: DepartmentRow | undefined,
  fact: DepartmentFact,
): DepartmentRow | undefined => {
  if (fact.type === 'liandong.department.established.v1')
    return row ?? { tier, ...withoutDigests(fact.data), windows: [], staff: [] };
  if (row === undefined) return undefined;
  switch (fact.type) {
    case 'liandong.department.rolesChanged.v1':
      return { ...row, roles: fact.data.roles, name: fact.data.name ?? row.name };
    case 'liandong.department.approvalSectionFormed.v1':
      return { ...row, section: { name: fact.data.name, inCenter: fact.data.inCenter } };
    case 'liandong.department.windowOpened.v1': {
      const { window, name } = fact.data;
      return { ...row, windows: [...row.windows, { window, name }] };
    }
    case 'liandong.department.windowClosed.v1':
      return { ...row, windows: row.windows.filter(({ window }) => window !== fact.data.window) };
    case 'liandong.department.staffStationed.v1':
      return { ...row, staff: [...others(row, fact.data.staff), withoutDigests(fact.data)] };
    case 'liandong.department.authorityDelegated.v1':
      return {
        ...row,
        staff: row.staff.map((one) =>
          one.staff === fact.data.staff ? { ...one, authority: fact.data.authority } : one,
        ),
      };
    case 'liandong.department.authorityRevoked.v1':
      return {
        ...row,
        staff: row.staff.map((one) => (one.staff === fact.data.staff ? withoutAuthority(one) : one)),
      };
    case 'liandong.department.staffLeft.v1':
      return { ...row, staff: others(row, fact.data.staff) };
  }
};

const others = ({ staff }: DepartmentRow, gone: string) => staff.filter((one) => one.staff !== gone);

const withoutAuthority = ({ authority: _, ...rest }: StaffEntry): StaffEntry => rest;

/** Digests of withheld fields say nothing to a reader of lists. */
const withoutDigests = <Data extends object>(data: Data): Data =>
  Object.fromEntries(Object.entries(data).filter(([name]) => name !== '_sd')) as Data;

export type TierRow = {
  readonly tier: TierCode;
  readonly network: string;
  readonly level: TierLevel;
  readonly name: Bilingual;
  readonly parent?: TierCode;
  readonly demonstration: boolean;
  readonly serviceCenter?: { readonly name: Bilingual; readonly address: string };
  readonly agentPoints: readonly { readonly agentPoint: string; readonly name: Bilingual }[];
};

export const tierRow = (facts: readonly TierFact[]): TierRow | undefined =>
  facts.reduce<TierRow | undefined>(afterTier, undefined);

const afterTier = (row: TierRow | undefined, fact: TierFact): TierRow | undefined => {
  if (fact.type === 'liandong.tier.founded.v1')
    return row ?? { ...withoutDigests(fact.data), agentPoints: [] };
  if (row === undefined) return undefined;
  switch (fact.type) {
    case 'liandong.tier.serviceCenterOpened.v1':
      return { ...row, serviceCenter: withoutDigests(fact.data) };
    case 'liandong.tier.agentPointOpened.v1': {
      const { agentPoint, name } = fact.data;
      return { ...row, agentPoints: [...row.agentPoints, { agentPoint, name }] };
    }
    case 'liandong.tier.agentPointClosed.v1':
      return {
        ...row,
        agentPoints: row.agentPoints.filter(({ agentPoint }) => agentPoint !== fact.data.agentPoint),
      };
  }
};
