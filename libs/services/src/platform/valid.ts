import type { PipeTransform } from '@nestjs/common';
import { ok, refuse, type Result } from '@liandong/kernel';
import type { z } from 'zod';
import type { DoorRefusal, FieldError } from './door-refusal.ts';
import { Refused } from './refused.ts';
import { pointerToken } from './strict-json.ts';

const maxErrors = 20;

/** Checks a value against a schema; every fault is named by field and rule, up to 20 of them. */
export const check = <Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): Result<z.output<Schema>, DoorRefusal> => {
  const parsed = schema.safeParse(value);
  if (parsed.success) return ok(parsed.data);
  return refuse({
    code: 'invalid-request',
    errors: parsed.error.issues.flatMap(faultsOf).slice(0, maxErrors),
  });
};

/** As a pipe: `@Body(valid(schema)) body: z.infer<typeof schema>`. */
export const valid = (schema: z.ZodType): PipeTransform => ({
  transform: (value: unknown) => {
    const checked = check(schema, value);
    if (!checked.ok) throw new Refused(checked.refusal);
    return checked.value;
  },
});

const faultsOf = (issue: z.core.$ZodIssue): FieldError[] => {
  const at = issue.path.map((part) => `/${pointerToken(part)}`).join('');
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      field: `${at}/${pointerToken(key)}`,
      rule: 'unknown-field',
      detail: 'This field is not known here.',
    }));
  return [{ field: at, rule: issue.code.replaceAll('_', '-'), detail: issue.message.slice(0, 300) }];
};
