import { ok, refuse, type Result } from '@liandong/kernel';
import { z } from 'zod';
import { type ConfigRefusal, problemText, schemaProblems } from './config-problems.ts';

/**
 * The variables of the environment that a service reads; all else stands in its file. Manifests
 * are checked against this, and a `LIANDONG_` variable that is not here stops a service.
 */
export const environmentShape = z.strictObject({
  LIANDONG_CONFIG: z.string().min(1).optional().describe('层级或见证配置文件 · the configuration file'),
  LIANDONG_APP: z
    .enum(['approval', 'supervision', 'exchange', 'audit'])
    .optional()
    .describe('镜像所装的服务 · the service an image holds; for its health check'),
  LIANDONG_NETWORK: z
    .string()
    .min(1)
    .optional()
    .describe('liandong 所用网络地址文件 · addresses, for liandong'),
});

export type Environment = z.infer<typeof environmentShape>;

/** What others give a process stays unread here. */
export const parseEnvironment = (
  variables: Readonly<Record<string, string | undefined>>,
): Result<Environment, ConfigRefusal> => {
  const own = Object.fromEntries(
    Object.entries(variables).filter(([name, value]) => name.startsWith('LIANDONG_') && value !== undefined),
  );
  const parsed = environmentShape.safeParse(own);
  if (parsed.success) return ok(parsed.data);
  return refuse({ code: 'bad-configuration', problems: schemaProblems(parsed.error.issues, own) });
};

/** The file that the command line names, or else the environment. Throws an error that an operator can act on. */
export const configurationFile = (
  given: string | undefined,
  variables: Readonly<Record<string, string | undefined>>,
): string | undefined => {
  const environment = parseEnvironment(variables);
  if (environment.ok) return given ?? environment.value.LIANDONG_CONFIG;
  const lines = environment.refusal.problems.map(problemText);
  throw new Error(`环境变量有误 the environment is wrong:\n${lines.join('\n')}`);
};
