import type { Page as RowPage, PageRequest } from '@liandong/application';
import { fromUtf8, ok, refuse, type Result, toBase64url, utf8 } from '@liandong/kernel';
import { z } from 'zod';
import type { DoorRefusal } from './door-refusal.ts';
import { orRefuse } from './refused.ts';

export const maxPageSize = 200;
export const defaultPageSize = 50;

/** The query parameters every list takes. */
export const pageQuery = {
  limit: z
    .string()
    .regex(/^[1-9]\d{0,3}$/, `a number from 1 to ${maxPageSize}`)
    .transform(Number)
    .refine((limit) => limit <= maxPageSize, `at most ${maxPageSize}`)
    .optional()
    .describe(
      `每页条数，1–${maxPageSize}，默认 ${defaultPageSize}。Items per page, default ${defaultPageSize}.`,
    ),
  cursor: z
    .string()
    .min(1)
    .max(1000)
    .optional()
    .describe('上一页返回的 nextCursor。The nextCursor of the page before; opaque.'),
};

export type Page<Item> = { readonly items: readonly Item[]; readonly nextCursor?: string };

/** Where the next page begins, as a client carries it: it can hand it back, not read a meaning into it. */
export const encodeCursor = (key: string): string => toBase64url(utf8(key));

export const decodeCursor = (cursor: string): Result<string, DoorRefusal> => {
  try {
    const key = fromUtf8(Buffer.from(cursor, 'base64url'));
    if (encodeCursor(key) === cursor && !key.includes('\0')) return ok(key);
  } catch {
    // Falls through: bytes that are not UTF-8 were never given out as a cursor.
  }
  return refuse({
    code: 'invalid-request',
    errors: [{ field: 'cursor', rule: 'cursor', detail: 'This is not a cursor that was given out.' }],
  });
};

type PageAsked = { readonly limit?: number | undefined; readonly cursor?: string | undefined };

export const pageRequest = ({ limit = defaultPageSize, cursor }: PageAsked): PageRequest =>
  cursor === undefined ? { limit } : { limit, after: orRefuse(decodeCursor(cursor)) };

export const pageAnswer = <Row extends object>({ rows, next }: RowPage<Row>): Page<Row> => ({
  items: rows,
  ...(next !== undefined && { nextCursor: encodeCursor(next) }),
});

type Given<Query> = { readonly [Name in keyof Query]?: Exclude<Query[Name], undefined> };

/** The members that were asked for. */
export const given = <Query extends object>(query: Query): Given<Query> =>
  Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined)) as Given<Query>;
