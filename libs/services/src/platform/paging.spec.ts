import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { decodeCursor, encodeCursor, pageQuery } from './paging.ts';

describe('a page', () => {
  it('hands out a cursor that comes back as it was', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }).filter((key) => !key.includes('\0')),
        (key) => {
          expect(decodeCursor(encodeCursor(key))).toEqual({ ok: true, value: key });
        },
      ),
    );
  });

  it('refuses a cursor nobody gave out', () => {
    for (const cursor of ['*', '_w', 'YQ==', 'AA', 'YR'])
      expect([cursor, decodeCursor(cursor).ok]).toEqual([cursor, false]);
  });

  it('holds 1 to 200 items', () => {
    const limit = (text: string) => z.strictObject(pageQuery).safeParse({ limit: text }).data?.limit;
    expect([limit('1'), limit('200')]).toEqual([1, 200]);
    for (const text of ['0', '201', '-1', '1.5', '1e1', ' 1', ''])
      expect([text, limit(text)]).toEqual([text, undefined]);
  });
});
