import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './pages.ts';

type Named = { readonly file: string; readonly title: string };

/** Rows of the tables, without their heads, each with the tests that its last cell names. */
const rowsOf = (page: string): readonly { readonly attack: string; readonly tests: readonly Named[] }[] =>
  page
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (attack |-)/.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map(([, attack = '', , , tests = '']) => ({
      attack,
      tests: [...tests.matchAll(/`([^`]+)`: "([^"]+)"/g)].map(([, file = '', title = '']) => ({
        file,
        title,
      })),
    }));

const quoted = (title: string) => title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** A title stands in its file as a whole: of a test, of a row of `it.each`, or as the name of an example. */
const missing = ({ file, title }: Named): boolean => {
  const whole = path.join(root, file);
  if (!existsSync(whole)) return true;
  return !new RegExp(`(['"\`])${quoted(title)}\\1`).test(readFileSync(whole, 'utf8'));
};

describe('docs/threats.md', () => {
  const rows = rowsOf(readFileSync(path.join(root, 'docs/threats.md'), 'utf8'));

  it('names for every attack a test that is there', () => {
    expect(rows.length).toBeGreaterThan(30);
    expect(rows.filter(({ tests }) => tests.length === 0)).toEqual([]);
    expect(rows.flatMap(({ tests }) => tests).filter(missing)).toEqual([]);
  });

  it('would not stand with a test renamed, or a file that is gone', () => {
    const [row] = rowsOf('| a | b | c | `tools/docs/docs.spec.ts`: "links only to what" |');
    expect(row?.tests.filter(missing)).toHaveLength(1);
    expect(missing({ file: 'tools/docs/gone.spec.ts', title: 'x' })).toBe(true);
  });
});
