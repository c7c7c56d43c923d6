import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { simulatedClock } from './clock.ts';

describe('the clock of a demonstration network', () => {
  const day = 86_400_000;
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'clock-'));
    file = path.join(folder, 'offset');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const ahead = (clock: { now: () => Date }) =>
    Math.abs(Math.round((clock.now().getTime() - Date.now()) / day));

  it('starts at real time', () => {
    expect(ahead(simulatedClock(file))).toBe(0);
  });

  it('is one for every process, and goes on where it stood', () => {
    const other = simulatedClock(file);
    expect(ahead(other)).toBe(0);
    simulatedClock(file).advance(2 * day);
    simulatedClock(file).advance(day);
    expect(ahead(other)).toBe(3);
    expect(ahead(simulatedClock(file))).toBe(3);
  });

  it('never runs back', () => {
    expect(() => {
      simulatedClock(file).advance(-1);
    }).toThrow(RangeError);
  });

  it('does not guess at a damaged file', () => {
    writeFileSync(file, 'tomorrow\n');
    expect(() => simulatedClock(file).now()).toThrow(/whole milliseconds/);
  });
});
