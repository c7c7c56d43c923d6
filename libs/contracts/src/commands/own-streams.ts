import type { DepartmentCommand, TierCommand } from '@liandong/domain/directory';
import type { PublishVersion } from '@liandong/domain/catalogue';
import { z } from 'zod';
import { authority, departmentKind, roles } from '../schemas/directory.ts';
import { itemVersion, lineage, publicationVerb } from '../schemas/item.ts';
import {
  agentPointCode,
  bilingual,
  code,
  count,
  creditCode,
  days,
  line,
  localDate,
  optional,
  tierCode,
} from '../schemas/parts.ts';
import { commandsOf } from './commands-of.ts';

/** Publishing an item; the version stands whole in the body. */
export const itemCommandBodies = commandsOf<PublishVersion>()({
  publishVersion: z.strictObject({
    verb: publicationVerb.describe('新增 · 变更 · 拆分 · 合并 · 暂停 · 取消'),
    version: itemVersion,
    from: optional(lineage),
    into: optional(lineage),
  }),
});

/** Adopting an item names the standard; its text is taken from the tier's own store, never from the body. */
export const adoptionBody = z.strictObject({
  standard: z.strictObject({ tier: tierCode, version: count }),
  effectiveFrom: localDate,
  promisedDays: optional(days),
});

/** A tier is founded by its operator when it is set up, not through a door. */
export const tierCommandBodies = commandsOf<Exclude<TierCommand, { readonly type: 'foundTier' }>>()({
  openServiceCenter: z.strictObject({ name: bilingual, address: line(300) }),
  openAgentPoint: z.strictObject({ agentPoint: agentPointCode, name: bilingual }),
  closeAgentPoint: z.strictObject({ agentPoint: agentPointCode }),
});

export const departmentCommandBodies = commandsOf<DepartmentCommand>()({
  establishDepartment: z.strictObject({
    department: creditCode,
    kind: departmentKind,
    name: bilingual,
    roles,
  }),
  changeRoles: z.strictObject({ roles, name: optional(bilingual) }),
  formApprovalSection: z.strictObject({ name: bilingual, inCenter: z.boolean() }),
  openWindow: z.strictObject({ window: code, name: bilingual }),
  closeWindow: z.strictObject({ window: code }),
  stationStaff: z.strictObject({
    staff: code,
    name: line(100).describe('姓名（不进入事件，仅存摘要） · Name (kept apart from the event)'),
    post: bilingual,
    window: optional(code),
    agentPoint: optional(agentPointCode),
  }),
  delegateAuthority: z.strictObject({ staff: code, authority }),
  revokeAuthority: z.strictObject({ staff: code }),
  removeStaff: z.strictObject({ staff: code }),
});
