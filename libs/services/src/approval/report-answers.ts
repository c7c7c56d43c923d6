import { uniformityAspects } from '@liandong/domain/catalogue';
import { z } from 'zod';

const bilingual = z.strictObject({ zh: z.string(), en: z.string() });
const tier = z.string();

export const GuideAnswer = z
  .strictObject({
    guide: z.strictObject({
      item: z.string(),
      version: z.int(),
      effectiveFrom: z.string(),
      title: bilingual,
      sections: z.array(
        z.strictObject({
          id: z.string(),
          title: bilingual,
          lines: z.array(z.strictObject({ place: z.string(), text: bilingual })),
        }),
      ),
    }),
    readability: z
      .strictObject({
        rules: z.int().describe('所依据的规则版本 · The version of the rules it was measured by'),
        score: z.int().describe('满分 100 · Of 100'),
        sentences: z.int(),
        averageLength: z.int().describe('平均句长，十分之一字 · In tenths of a character'),
        tooLong: z.array(z.string()),
        jargon: z.array(z.strictObject({ word: z.string(), plain: z.string(), times: z.int() })),
      })
      .describe('可读性及其理由 · How well it reads, and why'),
    rules: z.strictObject({
      version: z.int(),
      average: z.int(),
      longest: z.int(),
      costs: z.strictObject({ average: z.int(), sentence: z.int(), jargon: z.int() }),
      jargon: z.record(z.string(), z.string()),
    }),
    since: z
      .strictObject({
        version: z.int(),
        changes: z.array(
          z.strictObject({
            section: z.string(),
            place: z.string(),
            before: bilingual.optional(),
            after: bilingual.optional(),
          }),
        ),
      })
      .optional()
      .describe('与较早版本相比的变化 · What changed since an earlier version'),
  })
  .meta({ id: 'Guide', description: '办事指南 · The guide of an item' });

const rate = {
  compared: z.int(),
  uniform: z.int(),
  uniformIn: z.strictObject(
    Object.fromEntries(uniformityAspects.map((aspect) => [aspect, z.int()])) as Record<
      (typeof uniformityAspects)[number],
      z.ZodInt
    >,
  ),
};

export const UniformityAnswer = z
  .strictObject({
    on: z.string(),
    tiers: z.array(
      z.strictObject({
        tier,
        ...rate,
        departments: z.array(z.strictObject({ department: z.string(), ...rate })),
      }),
    ),
    drifting: z.array(
      z.strictObject({
        item: z.string(),
        name: bilingual,
        standard: z.strictObject({ tier, version: z.int() }),
        tier,
        version: z.int(),
        departments: z.array(z.string()),
        drifts: z.array(
          z.strictObject({
            aspect: z.enum(uniformityAspects),
            place: z.string(),
            kind: z.enum(['missing', 'added', 'changed']),
          }),
        ),
        event: z.string().optional().describe('记录该偏差的事件 · The event that says so'),
      }),
    ),
  })
  .meta({ id: 'Uniformity', description: '标准化率与偏差 · Rates of uniformity, and drift' });

const share = z.strictObject({ done: z.int(), of: z.int() });
const coverage = z.strictObject({
  departments: share.describe('部门覆盖 · Departments with an item'),
  items: share.describe('事项覆盖 · Items of the standard that are applied'),
  processes: share.describe('流程覆盖 · Items whose every organ is there'),
  gathered: share.describe('审批职能集中到审批股 · Approval gathered in one section'),
  inCenter: share.describe('审批股集中到政务服务中心 · The section works in the centre'),
  itemsInPlace: share.describe('事项到位 · Items with a staffed window'),
  authorityInPlace: share.describe('授权到位 · Items that somebody there may decide'),
  staffInPlace: share.describe('人员到位 · Windows with somebody at them'),
});

export const CoverageAnswer = z
  .strictObject({
    on: z.string(),
    tiers: z.array(
      z.strictObject({
        tier,
        coverage,
        departments: z.array(z.strictObject({ department: z.string(), name: bilingual, coverage })),
      }),
    ),
  })
  .meta({ id: 'Coverage', description: '三全覆盖、两集中、两到位 · Coverage in numbers' });
