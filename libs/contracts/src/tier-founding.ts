import {
  type DepartmentCommand,
  type TierCommand,
  type TierLevel,
  tierLevels,
} from '@liandong/domain/directory';
import { ok, refuse, type Result } from '@liandong/kernel';
import { z } from 'zod';
import { departmentCommandBodies, tierCommandBodies } from './commands/index.ts';
import {
  type ConfigProblem,
  type ConfigRefusal,
  rule,
  schemaProblems,
  withFound,
} from './config-problems.ts';
import { bilingual, creditCode } from './schemas/parts.ts';

/** What the directory of an operated tier begins with: its name, its doors, its departments and their staff. */
export type TierFounding = {
  readonly level: TierLevel;
  readonly name: { readonly zh: string; readonly en: string };
  /** For the stream of the tier itself, after its founding. */
  readonly tier: readonly Exclude<TierCommand, { readonly type: 'foundTier' }>[];
  readonly departments: readonly {
    readonly department: string;
    readonly commands: readonly DepartmentCommand[];
  }[];
};

const tierCommand = z.discriminatedUnion('type', [
  tierCommandBodies.openServiceCenter.extend({ type: z.literal('openServiceCenter') }),
  tierCommandBodies.openAgentPoint.extend({ type: z.literal('openAgentPoint') }),
  tierCommandBodies.closeAgentPoint.extend({ type: z.literal('closeAgentPoint') }),
]);

const bodies = departmentCommandBodies;
const departmentCommand = z.discriminatedUnion('type', [
  bodies.establishDepartment.extend({ type: z.literal('establishDepartment') }),
  bodies.changeRoles.extend({ type: z.literal('changeRoles') }),
  bodies.formApprovalSection.extend({ type: z.literal('formApprovalSection') }),
  bodies.openWindow.extend({ type: z.literal('openWindow') }),
  bodies.closeWindow.extend({ type: z.literal('closeWindow') }),
  bodies.stationStaff.extend({ type: z.literal('stationStaff') }),
  bodies.delegateAuthority.extend({ type: z.literal('delegateAuthority') }),
  bodies.revokeAuthority.extend({ type: z.literal('revokeAuthority') }),
  bodies.removeStaff.extend({ type: z.literal('removeStaff') }),
]);

const shape = z.strictObject({
  level: z.enum(tierLevels),
  name: bilingual,
  tier: z.array(tierCommand).max(10_000).default([]),
  departments: z
    .array(
      z.strictObject({ department: creditCode, commands: z.array(departmentCommand).min(1).max(10_000) }),
    )
    .max(10_000)
    .default([]),
});

export const parseTierFounding = (json: unknown): Result<TierFounding, ConfigRefusal> => {
  const parsed = shape.safeParse(json);
  const problems: readonly ConfigProblem[] = parsed.success
    ? parsed.data.departments.flatMap(({ department, commands: [first] }, n) =>
        first?.type === 'establishDepartment' && first.department === department
          ? []
          : [
              {
                field: `departments.${n}.commands.0`,
                rule: rule('须先设立本部门', 'must establish this department'),
              },
            ],
      )
    : schemaProblems(parsed.error.issues, json);
  return parsed.success && problems.length === 0
    ? ok(parsed.data)
    : refuse({ code: 'bad-configuration', problems: withFound(problems, json) });
};
