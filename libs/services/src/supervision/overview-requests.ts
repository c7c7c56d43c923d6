import { dimensions, figures } from '@liandong/domain/supervision';
import type { StreamName, TierCode } from '@liandong/kernel';
import { z } from 'zod';
import { pageQuery } from '../platform/paging.ts';

export const dimensionParam = z.enum(dimensions).describe('按层级、部门、窗口、人员、事项');
export const figureParam = z.enum(figures).describe('总览中的一项数字 · One of the figures');
export const matterParam = z
  .string()
  .regex(/^(?:case-[0-9a-f]{32}|card-(?:\d{6}|\d{9})\.[0-9a-f]{32})$/, 'a case, or a card')
  .transform((name) => name as StreamName);

const code = z.string().min(1).max(200);

/** What the overview is narrowed to. */
export const overviewQuery = z.strictObject({
  ...pageQuery,
  under: z
    .string()
    .regex(/^(\d{6}|\d{9})$/, 'a division code of 6 or 9 digits')
    .transform((tier) => tier as TierCode)
    .optional()
    .describe('某一层级及其下级，默认本级 · A tier with all below it; this one unless named'),
  department: z
    .string()
    .regex(/^[0-9A-Z]{18}$/, 'a code of 18 characters')
    .optional()
    .describe('部门 · Department'),
  window: code.optional().describe('窗口 · Window'),
  staff: code.optional().describe('人员 · Member of staff'),
  item: z
    .string()
    .regex(/^[0-9A-Za-z]{1,50}$/, 'the code of an item')
    .optional()
    .describe('事项编码 · Item'),
});
export type OverviewQuery = z.infer<typeof overviewQuery>;
