import { checks, clockKinds, colours, comparisons, endings, limitKinds } from '@liandong/domain/supervision';
import { z } from 'zod';
import { ruleId } from './card-parts.ts';
import { bilingual, days, localDate, optional } from './parts.ts';

const source = z.strictObject({ text: bilingual, verified: z.boolean() });
const dated = { from: localDate, until: optional(localDate) };
const ruleParts = {
  ...dated,
  id: ruleId,
  colour: z.enum(colours),
  text: bilingual,
  source,
  issue: z.enum(['automatic', 'confirmed']),
};

const plainCheck = z.enum(checks).exclude(['closedWithoutReason', 'backDatedEntry']);

/** A rule pack whole, as its adoption states it. What its numbers and dates must be to each other is a rule of the domain. */
export const rulePack = z.strictObject({
  id: ruleId,
  version: z.int().min(1).max(100_000),
  name: bilingual,
  timezone: z.literal('Asia/Shanghai'),
  receipt: z.enum(['anyTime', 'officeHours']),
  defaults: z
    .array(
      z.strictObject({
        ...dated,
        element: z.enum(clockKinds),
        limit: z.enum([...limitKinds, 'extension']),
        days,
        source,
      }),
    )
    .max(100),
  clockRules: z
    .array(
      z.strictObject({
        ...ruleParts,
        element: z.enum(clockKinds),
        limit: z.enum(limitKinds),
        over: z.strictObject({ compare: z.enum(comparisons), days: z.int().min(-1000).max(1000) }),
      }),
    )
    .max(100),
  findingRules: z
    .array(
      z.discriminatedUnion('check', [
        z.strictObject({ ...ruleParts, check: plainCheck }),
        z.strictObject({
          ...ruleParts,
          check: z.literal('closedWithoutReason'),
          endings: z.array(z.enum(endings)).min(1).max(endings.length),
        }),
        z.strictObject({
          ...ruleParts,
          check: z.literal('backDatedEntry'),
          hours: z.int().min(1).max(1000),
          facts: z.int().min(1).max(1000),
        }),
      ]),
    )
    .max(100),
});
