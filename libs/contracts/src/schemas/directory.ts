import {
  authorityActs,
  type DepartmentFact,
  departmentKinds,
  departmentRoles,
  type TierFact,
  tierLevels,
} from '@liandong/domain/directory';
import { z } from 'zod';
import { agentPointCode, bilingual, code, creditCode, data, line, optional, tierCode } from './parts.ts';
import { schemasOf } from './schemas-of.ts';

export const networkName = z
  .string()
  .max(253)
  .regex(/^[a-z0-9.-]+$/, 'a network name');
export const tierLevel = z.enum(tierLevels);
export const departmentKind = z.enum(departmentKinds);
export const roles = z.array(z.enum(departmentRoles)).max(departmentRoles.length);
export const authority = z.strictObject({
  items: z.union([z.literal('all'), z.array(code).max(500)]),
  acts: z.array(z.enum(authorityActs)).max(authorityActs.length),
});

export const tierSchemas = schemasOf<TierFact>()({
  'liandong.tier.founded.v1': data({
    network: networkName,
    tier: tierCode,
    level: tierLevel,
    name: bilingual,
    parent: optional(tierCode),
    demonstration: z.boolean(),
  }),
  'liandong.tier.serviceCenterOpened.v1': data({ name: bilingual, address: line(300) }),
  'liandong.tier.agentPointOpened.v1': data({ agentPoint: agentPointCode, name: bilingual }),
  'liandong.tier.agentPointClosed.v1': data({ agentPoint: agentPointCode }),
});

export const departmentSchemas = schemasOf<DepartmentFact>()({
  'liandong.department.established.v1': data({
    department: creditCode,
    kind: departmentKind,
    name: bilingual,
    roles,
  }),
  'liandong.department.rolesChanged.v1': data({ roles, name: optional(bilingual) }),
  'liandong.department.approvalSectionFormed.v1': data({ name: bilingual, inCenter: z.boolean() }),
  'liandong.department.windowOpened.v1': data({ window: code, name: bilingual }),
  'liandong.department.windowClosed.v1': data({ window: code }),
  'liandong.department.staffStationed.v1': data({
    staff: code,
    post: bilingual,
    window: optional(code),
    agentPoint: optional(agentPointCode),
  }),
  'liandong.department.authorityDelegated.v1': data({ staff: code, authority }),
  'liandong.department.authorityRevoked.v1': data({ staff: code }),
  'liandong.department.staffLeft.v1': data({ staff: code }),
});
