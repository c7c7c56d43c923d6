import { type FilePlace, type Position, replayables, type RowPlace } from '@liandong/application';
import { z } from 'zod';
import { decodeCursor, encodeCursor } from '../platform/paging.ts';
import { orRefuse, Refused } from '../platform/refused.ts';

const position = z
  .string()
  .regex(/^\d{1,18}$/)
  .transform((text) => BigInt(text) as Position);
const rowPlace = z.tuple([position, z.enum(replayables), z.string()]);
const filePlace = z.tuple([position, z.int().min(1), z.string()]);

export const rowCursor = ({ through, projection, key }: RowPlace): string =>
  encodeCursor(JSON.stringify([String(through), projection, key]));

export const rowPlaceIn = (cursor: string): RowPlace => {
  const [through, projection, key] = read(rowPlace, cursor);
  return { through, projection, key };
};

export const fileCursor = ({ through, size, path }: FilePlace): string =>
  encodeCursor(JSON.stringify([String(through), size, path]));

export const filePlaceIn = (cursor: string): FilePlace => {
  const [through, size, path] = read(filePlace, cursor);
  return { through, size, path };
};

const read = <Schema extends z.ZodType>(schema: Schema, cursor: string): z.output<Schema> => {
  const parsed = schema.safeParse(jsonIn(orRefuse(decodeCursor(cursor))));
  if (parsed.success) return parsed.data;
  throw new Refused({
    code: 'invalid-request',
    errors: [{ field: 'cursor', rule: 'cursor', detail: 'This is not a cursor that was given out.' }],
  });
};

const jsonIn = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
