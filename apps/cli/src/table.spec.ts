import { describe, expect, it } from '@jest/globals';
import { table, widthOf } from './table.ts';

describe('a table at the terminal', () => {
  it('counts a Chinese character and a full-width sign as two places, everything else as one', () => {
    expect(['办件', '（示范）', '「」', '𠮷', 'lead', '—', '·', '✓', 'é'].map(widthOf)).toEqual([
      4, 8, 4, 2, 4, 1, 1, 1, 1,
    ]);
  });

  it('begins every column at one place in every line', () => {
    const lines = table(
      ['层级 tier', '名称', '数'],
      [
        ['431000', '郴州市', 1],
        ['431021106', 'Liufeng', 22],
      ],
    ).split('\n');
    const places = lines.map((line) => widthOf(line.slice(0, line.search(/名称|郴州市|Liufeng/))));
    expect(places).toEqual([11, 11, 11]);
    expect(lines.map((line) => widthOf(line.slice(0, line.search(/数$|22?$|1$/))))).toEqual([20, 20, 20]);
  });

  it('leaves nothing for an empty cell, and no blanks at the end of a line', () => {
    expect(table(['a', 'b'], [['x', undefined]])).toBe('a  b\nx');
  });

  it('says yes, no and none in words', () => {
    expect(table(['a'], [[true], [false]])).toBe('a\n是 yes\n否 no');
    expect(table(['a'], [])).toBe('a\n（无 none）');
  });
});
