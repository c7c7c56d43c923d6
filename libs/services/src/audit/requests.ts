import { type Past, type ReplayAsked, replayables } from '@liandong/application';
import type { StreamName } from '@liandong/kernel';
import { z } from 'zod';

const caseId = z
  .string()
  .regex(/^case-[0-9a-f]{32}$/, 'case- and 32 hex digits')
  .transform((name) => name as StreamName);

const leaf = z.string().regex(/^\d{1,15}$/, 'the number of a leaf');
const cursor = z
  .string()
  .min(1)
  .max(1_000)
  .optional()
  .describe('收到的最后一项的 cursor，用于续传 · The cursor of the last item received, to go on after a cut');

const past = z
  .union([leaf, z.iso.datetime({ precision: 3 })])
  .describe('时刻（UTC，毫秒）或账本序号 · A moment, UTC with milliseconds, or the number of a leaf');

export const replayQuery = z.strictObject({
  case: caseId.optional().describe('只重放一件 · One case'),
  projection: z
    .enum(replayables)
    .optional()
    .describe('只重放一个视图，或监察牌、监察总览 · One view, the cards, or the overview'),
  at: past.optional(),
  rows: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional()
    .describe('连同各行 · The rows too'),
  cursor,
});

export const entriesQuery = z.strictObject({
  from: leaf.optional().describe('从第几条起，自 0 计 · The first leaf, from 0'),
});

export const exportQuery = z.strictObject({ cursor });

export const dossierParams = z.strictObject({ caseId });

export const pastIn = (text: string): Past =>
  /^\d+$/.test(text) ? { kind: 'seq', seq: Number(text) } : { kind: 'moment', at: text };

export const askedIn = (query: z.output<typeof replayQuery>): ReplayAsked & { readonly rows: boolean } => ({
  ...(query.case !== undefined && { case: query.case }),
  ...(query.projection !== undefined && { projection: query.projection }),
  ...(query.at !== undefined && { at: pastIn(query.at) }),
  rows: query.rows === true,
});
