import type { Result } from '@liandong/kernel';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type ConfigRefusal, problemText } from './config-problems.ts';

/** What a file configures, as an operator calls it. */
export type Configures = { readonly zh: string; readonly en: string };

/** Reads and checks a file whose relative paths stand against its folder, or throws an error that an operator can act on. */
export const loadConfig = <Config>(
  file: string,
  { zh, en }: Configures,
  parse: (json: unknown, folder: string) => Result<Config, ConfigRefusal>,
): Config => {
  const parsed = parse(readJson(file, en), dirname(resolve(file)));
  if (parsed.ok) return parsed.value;
  const lines = parsed.refusal.problems.map(problemText);
  throw new Error(`${file} 不是有效的${zh}配置 is not a ${en} configuration:\n${lines.join('\n')}`);
};

const readJson = (file: string, en: string): unknown => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`无法读取 cannot read the ${en} configuration ${file}: ${(error as Error).message}`, {
      cause: error,
    });
  }
};
