import type { Clock } from '@liandong/application';
import { existsSync, readFileSync } from 'node:fs';

export const realClock: Clock = { now: () => new Date() };

/** The clock of a demonstration network, as its other processes read it: real time plus an offset in a file. */
export const demonstrationClock = (offsetFile: string): Clock => ({
  now: () => new Date(Date.now() + (existsSync(offsetFile) ? offsetIn(offsetFile) : 0)),
});

const offsetIn = (file: string): number => {
  const offset = Number(readFileSync(file, 'utf8').trim());
  if (!Number.isSafeInteger(offset) || offset < 0)
    throw new Error(`${file} must hold the offset of the clock in whole milliseconds`);
  return offset;
};
