import { describe, expect, it } from '@jest/globals';
import { barText, progressBar } from './progress.ts';

const terminal = (isTTY: boolean) => {
  const written: string[] = [];
  return { isTTY, written, write: (text: string | Uint8Array) => written.push(String(text)) > 0 };
};

describe('a progress bar', () => {
  it('fills as the work is done', () => {
    expect(barText('x', 0, 10)).toBe(`x ${'░'.repeat(30)}   0% 0/10`);
    expect(barText('x', 5, 10)).toBe(`x ${'█'.repeat(15)}${'░'.repeat(15)}  50% 5/10`);
    expect(barText('x', 10, 10)).toBe(`x ${'█'.repeat(30)} 100% 10/10`);
    expect(barText('x', 0, 0)).toContain('100%');
  });

  it('stays on its line of a terminal, and leaves it when all is done', () => {
    const { written, ...stream } = terminal(true);
    const bar = progressBar('x', stream);
    bar(1, 2);
    bar(1, 2);
    bar(2, 2);
    expect(written).toEqual([`\r${barText('x', 1, 2)}`, `\r${barText('x', 2, 2)}\n`]);
  });

  it('is written nowhere else', () => {
    const { written, ...stream } = terminal(false);
    progressBar('x', stream)(1, 2);
    expect(written).toEqual([]);
  });
});
