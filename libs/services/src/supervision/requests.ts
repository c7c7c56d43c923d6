import type { Acting } from '@liandong/application';
import { cardStatuses, colours } from '@liandong/domain/supervision';
import type { StreamName, TierCode } from '@liandong/kernel';
import { z } from 'zod';
import type { Caller } from '../identity/caller.ts';
import { pageQuery } from '../platform/paging.ts';

/** Who asks, as the credentials name them. */
export const acting = ({ sub }: Caller, idempotencyKey: string): Acting => ({
  ...{ principal: sub, authtype: 'user', idempotencyKey },
});

const tierCode = z
  .string()
  .regex(/^(\d{6}|\d{9})$/, 'a division code of 6 or 9 digits')
  .transform((code) => code as TierCode);

/** Of a path, where everything is text. */
export const yearParam = z
  .string()
  .regex(/^(?:199|20\d|21\d)\d$/, 'a year')
  .transform(Number);
export const hoursQuery = z.strictObject({
  tier: tierCode.optional().describe('缺省为本级 · This tier unless named'),
});

export const cardParam = z
  .string()
  .regex(/^card-(?:\d{6}|\d{9})\.[0-9a-f]{32}$/, 'card-, a division code, a dot and 32 hex digits')
  .transform((name) => name as StreamName);

export const cardListQuery = z.strictObject({
  ...pageQuery,
  issuer: tierCode.optional().describe('发牌层级 · The tier whose unit is late'),
  department: z
    .string()
    .regex(/^[0-9A-Z]{18}$/, 'a code of 18 characters')
    .optional()
    .describe('责任部门 · The accountable department'),
  colour: z.enum(colours).optional().describe('预警 · 黄牌 · 红牌'),
  status: z.enum(cardStatuses).optional().describe('待发 · 已发 · 申诉中 · 已撤销 · 已取消'),
  matter: z
    .string()
    .regex(/^(?:case-[0-9a-f]{32}|card-(?:\d{6}|\d{9})\.[0-9a-f]{32})$/, 'a case, or a warning')
    .transform((name) => name as StreamName)
    .optional()
    .describe('所涉办件或预警 · The case or the warning it is about'),
});

export const disagreementsQuery = z.strictObject(pageQuery);
