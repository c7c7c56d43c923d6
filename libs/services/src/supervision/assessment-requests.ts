import { publicationBody } from '@liandong/contracts';
import { subjectKinds } from '@liandong/domain/assessment';
import type { StreamName, TierCode } from '@liandong/kernel';
import { z } from 'zod';

export const assessmentParam = z
  .string()
  .regex(
    /^assessment-(?:\d{6}|\d{9})\.\d{4}(?:Q[1-4]|\d{2})?\.[0-9a-f]{32}$/,
    'assessment-, a division code, a period and 32 hex digits',
  )
  .transform((name) => name as StreamName);

export const assessmentListQuery = z.strictObject({
  period: publicationBody.shape.period.optional(),
  tier: z
    .string()
    .regex(/^(\d{6}|\d{9})$/, 'a division code of 6 or 9 digits')
    .transform((code) => code as TierCode)
    .optional(),
  kind: z.enum(subjectKinds).optional().describe('层级 · 部门 · 窗口 · 人员'),
  department: z
    .string()
    .regex(/^[0-9A-Z]{18}$/, 'a code of 18 characters')
    .optional(),
});
