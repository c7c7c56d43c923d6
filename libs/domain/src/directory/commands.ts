import type { TierCode } from '@liandong/kernel';
import type { Authority, Bilingual, DepartmentKind, DepartmentRole, TierLevel } from './facts.ts';

export type FoundTier = {
  readonly type: 'foundTier';
  readonly network: string;
  readonly tier: TierCode;
  readonly level: TierLevel;
  readonly name: Bilingual;
  readonly demonstration: boolean;
  /** What the superior tier's own genesis says; absent for the topmost tier of the network. */
  readonly superior?: {
    readonly tier: TierCode;
    readonly network: string;
    readonly demonstration: boolean;
  };
};
export type OpenServiceCenter = {
  readonly type: 'openServiceCenter';
  readonly name: Bilingual;
  readonly address: string;
};
export type OpenAgentPoint = {
  readonly type: 'openAgentPoint';
  readonly agentPoint: string;
  readonly name: Bilingual;
};
export type CloseAgentPoint = { readonly type: 'closeAgentPoint'; readonly agentPoint: string };
export type TierCommand = FoundTier | OpenServiceCenter | OpenAgentPoint | CloseAgentPoint;

export type EstablishDepartment = {
  readonly type: 'establishDepartment';
  readonly department: string;
  readonly kind: DepartmentKind;
  readonly name: Bilingual;
  readonly roles: readonly DepartmentRole[];
};
export type ChangeRoles = {
  readonly type: 'changeRoles';
  readonly roles: readonly DepartmentRole[];
  readonly name?: Bilingual;
};
export type FormApprovalSection = {
  readonly type: 'formApprovalSection';
  readonly name: Bilingual;
  readonly inCenter: boolean;
};
export type OpenWindow = {
  readonly type: 'openWindow';
  readonly window: string;
  readonly name: Bilingual;
};
export type CloseWindow = { readonly type: 'closeWindow'; readonly window: string };
export type StationStaff = {
  readonly type: 'stationStaff';
  readonly staff: string;
  /** The person's name; leaves the decider as a personal field only. */
  readonly name: string;
  readonly post: Bilingual;
  readonly window?: string;
  readonly agentPoint?: string;
};
export type DelegateAuthority = {
  readonly type: 'delegateAuthority';
  readonly staff: string;
  readonly authority: Authority;
};
export type RevokeAuthority = { readonly type: 'revokeAuthority'; readonly staff: string };
export type RemoveStaff = { readonly type: 'removeStaff'; readonly staff: string };
export type DepartmentCommand =
  | EstablishDepartment
  | ChangeRoles
  | FormApprovalSection
  | OpenWindow
  | CloseWindow
  | StationStaff
  | DelegateAuthority
  | RevokeAuthority
  | RemoveStaff;
