import { z } from 'zod';

/** Parts of what this service answers. The documents are made of these, and specs check real answers against them. */

export const tier = z.string().describe('区划代码 · Division code');
export const instant = z.string().describe('UTC, RFC 3339');
export const hash = z.string().regex(/^[0-9a-f]{64}$/);

export const pageOf = (item: z.ZodType) =>
  z.strictObject({ items: z.array(item), nextCursor: z.string().optional() });
