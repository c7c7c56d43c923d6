import type { SchemaRefusal } from '@liandong/application';
import { ok, refuse, type Result } from '@liandong/kernel';
import type { z } from 'zod';

/**
 * How an unknown member is read. `strict` refuses it: what this build writes, it knows.
 * `tolerant` lets it pass: within a major version a newer author may add optional members.
 */
export type Reading = 'strict' | 'tolerant';

export const checkAgainst = (
  schema: z.ZodType,
  value: unknown,
  reading: Reading,
): Result<'known', SchemaRefusal> => {
  const parsed = schema.safeParse(value);
  if (parsed.success) return ok('known');
  const issue = parsed.error.issues.find(({ code }) => reading === 'strict' || code !== 'unrecognized_keys');
  if (issue === undefined) return ok('known');
  return refuse({ code: 'schema-violation', ...violation(issue) });
};

/** Where and why, without repeating what the value was: it may be anybody's. */
export const violation = (issue: z.core.$ZodIssue): { readonly field: string; readonly rule: string } => {
  if (issue.code === 'unrecognized_keys')
    return { field: pointer([...issue.path, issue.keys[0] ?? '']), rule: 'unknown member' };
  return { field: pointer(issue.path), rule: ruleOf(issue) };
};

const ruleOf = (issue: z.core.$ZodIssue): string => {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${issue.expected}`;
    case 'too_big':
      return `at most ${issue.maximum}`;
    case 'too_small':
      return `at least ${issue.minimum}`;
    case 'invalid_format':
    case 'custom':
    case 'invalid_value':
    case 'invalid_union':
    case 'invalid_key':
    case 'invalid_element':
    case 'not_multiple_of':
    case 'unrecognized_keys':
      return issue.message;
  }
};

const pointer = (path: readonly PropertyKey[]): string =>
  path.map((step) => `/${String(step).slice(0, 60).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
