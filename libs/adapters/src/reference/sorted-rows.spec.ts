import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { rowsWithPrefix } from './sorted-rows.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'sorted-rows-'));
const file = path.join(folder, 'rows.csv');
afterAll(() => rmSync(folder, { recursive: true }));

const written = (codes: readonly string[], text: string, end: string): readonly string[] => {
  const rows = codes.toSorted().map((code) => `${code},"${text}"`);
  writeFileSync(file, ['code,name', ...rows].join('\n') + end);
  return rows;
};

describe('the rows of a sorted file', () => {
  const code = fc.integer({ min: 0, max: 99_999 }).map((n) => String(n).padStart(5, '0'));
  const text = fc.constantFrom('村', '流市社区居委会', 'x'.repeat(300), '长'.repeat(3_000));

  it('are found as reading the whole file would find them', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(code, { maxLength: 60 }),
        text,
        fc.constantFrom('', '\n'),
        fc.oneof(code, fc.stringMatching(/^\d{1,3}$/)),
        (codes, name, end, prefix) => {
          const rows = written(codes, name, end);
          expect(rowsWithPrefix(file, prefix)).toEqual(rows.filter((row) => row.startsWith(prefix)));
        },
      ),
      { numRuns: 400 },
    );
  });

  it('are found for every code there is', () => {
    const codes = Array.from({ length: 300 }, (_, n) => String(3 * n).padStart(5, '0'));
    const rows = written(codes, '东水村村委会', '\n');
    expect(codes.flatMap((one) => rowsWithPrefix(file, one))).toEqual(rows);
  });

  it('are none in a file without rows', () => {
    written([], '', '');
    expect(rowsWithPrefix(file, '4')).toEqual([]);
  });
});
