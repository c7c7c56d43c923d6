import type { TierCode } from '@liandong/kernel';
import type { DepartmentKind, DepartmentRole, TierLevel } from './facts.ts';

export type TierRefusal =
  | { readonly code: 'tier-already-founded'; readonly tier: TierCode }
  | { readonly code: 'tier-not-founded' }
  | { readonly code: 'tier-code-not-of-level'; readonly tier: string; readonly level: TierLevel }
  | { readonly code: 'tier-not-under-superior'; readonly tier: TierCode; readonly superior: TierCode }
  | { readonly code: 'superior-required'; readonly level: TierLevel }
  | { readonly code: 'network-differs'; readonly network: string; readonly superior: string }
  | { readonly code: 'demonstration-not-mixed'; readonly superior: TierCode }
  | { readonly code: 'service-center-already-open' }
  | { readonly code: 'agent-points-in-townships-only'; readonly level: TierLevel }
  | { readonly code: 'agent-point-not-of-township'; readonly agentPoint: string }
  | { readonly code: 'agent-point-already-open'; readonly agentPoint: string }
  | { readonly code: 'agent-point-unknown'; readonly agentPoint: string };

export type DepartmentRefusal =
  | { readonly code: 'department-already-established' }
  | { readonly code: 'department-not-established' }
  | { readonly code: 'credit-code-invalid'; readonly department: string }
  | { readonly code: 'role-required' }
  | { readonly code: 'role-not-of-kind'; readonly role: DepartmentRole; readonly kind: DepartmentKind }
  | { readonly code: 'approval-section-for-departments-only'; readonly kind: DepartmentKind }
  | { readonly code: 'window-already-open'; readonly window: string }
  | { readonly code: 'window-unknown'; readonly window: string }
  | { readonly code: 'window-staffed'; readonly window: string }
  | { readonly code: 'staff-already-stationed'; readonly staff: string }
  | { readonly code: 'staff-unknown'; readonly staff: string }
  | { readonly code: 'name-required' }
  | { readonly code: 'authority-empty' }
  | { readonly code: 'authority-not-delegated'; readonly staff: string };
