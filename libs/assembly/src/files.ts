import type { TierCode } from '@liandong/kernel';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export const homeOf = (folder: string, tier: TierCode): string => path.join(folder, 'tiers', tier);

/** A secret kept in a file of its own that only its owner reads; made the first time. */
export const secretIn = (home: string, name: string, make: () => string): string => {
  const file = path.join(home, name);
  if (!existsSync(file)) write(file, `${make().trim()}\n`);
  return readFileSync(file, 'utf8').trim();
};

/** Whole or not at all, so that a start cut short leaves no half key. */
export const write = (file: string, content: string): void => {
  writeFileSync(`${file}.new`, content, { mode: 0o600 });
  renameSync(`${file}.new`, file);
};

/** The content of a file the configuration names. Throws an error that names the field. */
export const fileContent = (file: string | undefined, field: string): string => {
  if (file === undefined) throw new Error(`the configuration of the tier does not set ${field}`);
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new Error(`cannot read ${field}: ${(error as Error).message}`, { cause: error });
  }
};
