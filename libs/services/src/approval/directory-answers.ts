import { departmentKinds, tierLevels } from '@liandong/domain/directory';
import { z } from 'zod';
import { tier } from './answer-parts.ts';

const bilingual = z.strictObject({ zh: z.string(), en: z.string() });

export const TierAnswer = z
  .strictObject({
    network: z.string(),
    tier,
    level: z.enum(tierLevels),
    name: bilingual,
    parent: tier.optional(),
    demonstration: z.boolean().describe('演示网络 · A demonstration network, on a simulated clock'),
    hasCenter: z.boolean(),
    agentPoints: z.array(z.string()),
  })
  .meta({ id: 'Tier', description: '层级 · A tier' });

export const DepartmentAnswer = z
  .strictObject({
    tier,
    department: z.string(),
    name: bilingual,
    kind: z.enum(departmentKinds),
    roles: z.array(z.string()),
    section: z.strictObject({ inCenter: z.boolean() }).optional(),
    windows: z.array(z.string()),
    staff: z.int(),
  })
  .meta({ id: 'Department', description: '部门 · A department' });
