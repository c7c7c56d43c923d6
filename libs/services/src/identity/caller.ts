import type { TierCode } from '@liandong/kernel';
import { z } from 'zod';

/** What a person may be in a tier. What a role may do stands in policy.ts, nowhere else. */
export const personRoles = [
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
] as const;
export type PersonRole = (typeof personRoles)[number];

/** Whoever calls, as the identity provider states it. Never taken from a request's body. */
export type Caller = {
  readonly sub: string;
  readonly tier: TierCode;
  /** Code of the department; '' for a person who belongs to none, such as an applicant. */
  readonly department: string;
  readonly roles: readonly PersonRole[];
  readonly window?: string;
  readonly agentPoint?: string;
  readonly name?: string;
};

const text = z.string().min(1).max(200);

/** The claims of an access token that this system reads; others are ignored. */
export const callerClaims = z
  .object({
    sub: text.refine((sub) => !sub.startsWith('system:'), 'a name kept for the followers of a tier'),
    tier: z.string().regex(/^(\d{6}|\d{9})$/),
    department: z.string().max(200).default(''),
    roles: z.array(z.string()).max(50),
    window: text.optional(),
    agentPoint: text.optional(),
    name: text.optional(),
  })
  .transform(({ sub, tier, department, roles, window, agentPoint, name }): Caller => {
    const held = new Set<string>(roles);
    return {
      sub,
      tier: tier as TierCode,
      department,
      // A provider may give roles of other systems too; those mean nothing here.
      roles: personRoles.filter((role) => held.has(role)),
      ...(window !== undefined && { window }),
      ...(agentPoint !== undefined && { agentPoint }),
      ...(name !== undefined && { name }),
    };
  });
