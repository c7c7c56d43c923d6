import {
  type AssessmentFact,
  assessmentRoles,
  indicators,
  periodKinds,
  scoreAppealGrounds,
  scoreCorrectionReasons,
} from '@liandong/domain/assessment';
import { z } from 'zod';
import { bilingual, code, count, data, localDate, optional, sha256Hex, tierCode } from './parts.ts';
import { schemasOf } from './schemas-of.ts';

const id = z.string().regex(/^[a-z][a-zA-Z0-9-]{0,39}$/, 'a short name');
const by = z.strictObject({
  tier: tierCode,
  department: optional(code),
  role: z.enum(assessmentRoles),
});
const shown = z.array(z.enum(indicators)).min(1).max(indicators.length);

/** What the numbers must be to each other is a rule of the domain. */
export const assessmentScheme = z.strictObject({
  id,
  version: z.int().min(1).max(100_000),
  name: bilingual,
  period: z.enum(periodKinds),
  shares: z
    .array(z.strictObject({ id, name: bilingual, weight: z.int().min(1).max(100), good: shown, bad: shown }))
    .min(1)
    .max(20),
  deductions: z
    .array(
      z.strictObject({
        ...{ id, name: bilingual, indicators: shown },
        each: z.int().min(1).max(1000),
        most: z.int().min(1).max(1000),
      }),
    )
    .max(20),
});
const pin = z.string().regex(/^[a-z][a-zA-Z0-9-]{0,39}@\d{1,6}#[0-9a-f]{64}$/, 'a pinned scheme');

const subject = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('tier'), tier: tierCode }),
  z.strictObject({ kind: z.literal('department'), tier: tierCode, department: code }),
  z.strictObject({ kind: z.literal('window'), tier: tierCode, department: code, window: code }),
  z.strictObject({ kind: z.literal('staff'), tier: tierCode, department: code, staff: code }),
]);
const score = z.strictObject({
  tenths: z.int().min(0).max(1000),
  lines: z
    .array(
      z.strictObject({
        ...{ id, counted: count, of: count, trace: sha256Hex },
        tenths: z.int().min(-1000).max(1000),
      }),
    )
    .max(40),
});

/** What the shapes of a period allow; that it is one is a rule of the domain. */
export const periodName = z.string().regex(/^\d{4}(?:Q[1-4]|0[1-9]|1[0-2])?$/, '2026, 2026Q1 or 202603');
export const scoreAppealGround = z.enum(scoreAppealGrounds);

export const assessmentSchemas = schemasOf<AssessmentFact>()({
  'liandong.assessment.schemeAdopted.v1': data({
    ...{ by, pin },
    scheme: assessmentScheme,
    effectiveFrom: localDate,
  }),
  'liandong.assessment.published.v1': data({ by, period: periodName, subject, scheme: pin, score }),
  'liandong.assessment.appealed.v1': data({ by, ground: scoreAppealGround, document: sha256Hex }),
  'liandong.assessment.upheld.v1': data({ by, document: sha256Hex, reasonsGiven: z.literal(true) }),
  'liandong.assessment.corrected.v1': data({ by, reason: z.enum(scoreCorrectionReasons), score }),
});
