import type { AssessmentRow, AssessmentShown, Executed } from '@liandong/application';
import { standingScore, subjectKinds } from '@liandong/domain/assessment';
import { z } from 'zod';

const tier = z.string().describe('区划代码 · Division code');
const tenths = z.int().describe('十分之一分，1000 为满分 · In tenths of a point, 1000 is everything');
const whole = z.record(z.string(), z.unknown());

const Score = z
  .strictObject({
    tenths,
    lines: z.array(
      z.strictObject({
        ...{ id: z.string(), tenths: z.int(), counted: z.int(), of: z.int() },
        trace: z
          .string()
          .describe('所依据事件的 SHA-256 · SHA-256 over exactly the events that made the line'),
      }),
    ),
  })
  .meta({ id: 'Score', description: '分数及其构成 · A score and what it is made of' });

const assessment = {
  assessment: z.string(),
  tier,
  period: z.string(),
  subject: z.looseObject({ kind: z.enum(subjectKinds), tier }),
  score: Score.describe('现行分数 · The score that stands'),
  appeal: z.enum(['none', 'open', 'upheld', 'granted']),
  corrected: z.int().describe('更正次数 · How often it was corrected'),
};
export const AssessmentAnswer = z
  .strictObject(assessment)
  .meta({ id: 'Assessment', description: '考核结果 · A published score' });
export const AssessmentsAnswer = z.strictObject({ items: z.array(AssessmentAnswer) });
export const WholeAssessmentAnswer = z.strictObject({
  ...assessment,
  scores: z.array(Score).describe('公布过的全部分数 · Everything that was ever published'),
  reasons: z.array(z.enum(['appeal', 'laterEvents'])),
  events: z.array(z.string()),
  scheme: whole.optional(),
  evidence: z
    .array(
      z.strictObject({
        line: z.string(),
        events: z.array(z.strictObject({ indicator: z.string(), event: z.string() })),
      }),
    )
    .describe('每一分所依据的事件 · The events behind each line'),
  now: Score.optional().describe('现有事件得出的分数 · What the events make now'),
  stands: z.boolean().describe('现有事件是否仍得出现行分数 · Whether the events still make that very score'),
});
export const PublicationAnswer = z.strictObject({ period: z.string(), assessments: z.array(z.string()) });
export const SchemesAnswer = z.strictObject({
  items: z.array(z.strictObject({ by: whole, scheme: whole, pin: z.string(), effectiveFrom: z.string() })),
});
export const RecordedAnswer = z.strictObject({
  subject: z.string(),
  events: z.array(z.strictObject({ id: z.string(), type: z.string(), hash: z.string() })),
  repeated: z.boolean(),
});

export const assessmentAnswer = ({ assessment, tier, state }: AssessmentRow) => ({
  ...{ assessment, tier, period: state.period, subject: state.subject, score: standingScore(state) },
  ...{ appeal: state.appeal, corrected: state.scores.length - 1 },
});

export const wholeAssessmentAnswer = ({ row, scheme, evidence, now, stands }: AssessmentShown) => ({
  ...assessmentAnswer(row),
  ...{ scores: row.state.scores, reasons: row.state.reasons, events: row.events },
  ...(scheme !== undefined && { scheme }),
  ...{ evidence, stands, ...(now !== undefined && { now }) },
});

export const recordedAnswer = (subject: string, { events, repeated }: Executed) => ({
  subject,
  events: events.map(({ id, type, hash }) => ({ id, type, hash })),
  repeated,
});
