import type { Clock } from '@liandong/application';
import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';

export const realClock: Clock = { now: () => new Date() };

/** The clock of a demonstration network: real time plus an offset that only grows. */
export type SimulatedClock = Clock & {
  /** How far it is ahead of real time, in milliseconds. */
  readonly ahead: () => number;
  readonly advance: (milliseconds: number) => void;
};

/**
 * The offset lives in a file, in milliseconds, so that every process of the network
 * reads one time and a restart goes on from it. Only one process may advance it.
 */
export const simulatedClock = (offsetFile: string): SimulatedClock => {
  let read = { changed: Number.NaN, offset: 0 };
  const offset = (): number => {
    const changed = existsSync(offsetFile) ? statSync(offsetFile).mtimeMs : 0;
    if (changed !== read.changed) read = { changed, offset: changed === 0 ? 0 : offsetIn(offsetFile) };
    return read.offset;
  };
  return {
    now: () => new Date(Date.now() + offset()),
    ahead: offset,
    advance: (milliseconds) => {
      if (!(milliseconds >= 0)) throw new RangeError('time in a demonstration network never runs back');
      const later = offset() + milliseconds;
      writeFileSync(`${offsetFile}.new`, `${later}\n`);
      renameSync(`${offsetFile}.new`, offsetFile);
      read = { changed: statSync(offsetFile).mtimeMs, offset: later };
    },
  };
};

const offsetIn = (file: string): number => {
  const text = readFileSync(file, 'utf8').trim();
  const offset = Number(text);
  if (text === '' || !Number.isSafeInteger(offset) || offset < 0)
    throw new Error(`${file} must hold the offset of the clock in whole milliseconds, not "${text}"`);
  return offset;
};
