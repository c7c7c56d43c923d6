import { describe, expect, it } from '@jest/globals';
import { emptyLog, entriesOf, type Log, logged } from './log.ts';

const upTo = (length: number): Log<number> => {
  let log: Log<number> = emptyLog;
  for (let n = 0; n < length; n++) log = logged(log, n);
  return log;
};

describe('a log', () => {
  it('holds what was added, in order', () => {
    const log = upTo(1000);
    expect(log.length).toBe(1000);
    expect(entriesOf(log)).toEqual(Array.from({ length: 1000 }, (_, n) => n));
  });

  it('shares what it holds with the log it grew from', () => {
    const before = upTo(1000);
    const grown = logged(before, 1000);
    expect(before.length).toBe(1000);
    expect(grown.full[0]).toBe(before.full[0]);
    expect(grown.last.length).toBeLessThanOrEqual(128);
  });
});
