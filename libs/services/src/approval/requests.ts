import { handlerNames } from '@liandong/application';
import { caseStatuses } from '@liandong/domain/case';
import type { StreamName, TierCode } from '@liandong/kernel';
import { z } from 'zod';
import { pageQuery } from '../platform/paging.ts';

/** Text a list can be searched for: without control characters and broken surrogates. */
const plain = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'plain text');

const tierCode = z
  .string()
  .regex(/^(\d{6}|\d{9})$/, 'a division code of 6 or 9 digits')
  .transform((code) => code as TierCode)
  .describe('区划代码 · Division code');

export const caseIdParam = z
  .string()
  .regex(/^case-[0-9a-f]{32}$/, 'case- and 32 hex digits')
  .transform((name) => name as StreamName);

export const replayQuery = z.strictObject({
  at: z.iso
    .datetime({ precision: 3 })
    .describe('时刻，UTC，毫秒。A moment, UTC with milliseconds: 2026-03-02T09:00:00.000Z'),
});

export const caseListQuery = z.strictObject({
  ...pageQuery,
  status: z.enum(caseStatuses).optional().describe('办件状态 · Status'),
  item: plain(50).optional().describe('事项编码 · Item code'),
  number: plain(50).optional().describe('办件编号 · Case number'),
  tier: tierCode.optional().describe('参与的层级 · A tier that has a part in the case'),
  department: plain(50)
    .optional()
    .describe('参与的部门，须与 tier 同用 · With tier: a department that has a part in the case'),
  needsUpgrade: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional()
    .describe('含本版本不识别的事件 · Holds events this build does not know'),
});

export const departmentListQuery = z.strictObject({ tier: tierCode.optional() });

export const itemCodeParam = z.string().regex(/^[0-9A-Za-z]{1,50}$/, 'letters and digits');

export const inForceQuery = z.strictObject({
  on: z.iso
    .date()
    .optional()
    .describe('日期（北京时间），默认今天 · A day in Asia/Shanghai; today if absent'),
});

const versionNumber = z
  .string()
  .regex(/^[1-9]\d{0,5}$/, 'a version number')
  .transform(Number);

export const guideQuery = z
  .strictObject({
    version: versionNumber.optional().describe('版本号，缺省为今天施行的版本 · Absent: in force today'),
    diff: z
      .string()
      .regex(/^v?[1-9]\d{0,5}\.\.v?[1-9]\d{0,5}$/, 'two version numbers, as v1..v2')
      .transform((text) => {
        const [from = 0, to = 0] = text.replaceAll('v', '').split('..').map(Number);
        return { from, to };
      })
      .optional()
      .describe('两个版本之间的变化，如 v1..v2 · What changed between two versions'),
  })
  .refine(({ version, diff }) => version === undefined || diff === undefined, 'either version or diff');

export const tierReportQuery = z.strictObject({ tier: tierCode.optional() });

export const itemListQuery = z.strictObject(pageQuery);

export const worklistQuery = z.strictObject(pageQuery);

const parkedHandler = z
  .enum(handlerNames)
  .optional()
  .describe('处理者：视图、牵头登记、期限 · Who could not interpret it: views, filing, limits');
const parkedName = plain(200)
  .transform((name) => name as StreamName)
  .optional()
  .describe('流，例如一件办件 · A stream, such as a case');

export const parkedListQuery = z.strictObject({
  ...pageQuery,
  handler: parkedHandler,
  stream: parkedName,
});

export const redriveBody = z.strictObject({ handler: parkedHandler, stream: parkedName });
