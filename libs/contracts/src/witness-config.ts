import { ok, refuse, type Result, type Sha256 } from '@liandong/kernel';
import { ofType, parseVKey, type VKey } from '@liandong/ledger';
import { resolve } from 'node:path';
import { z } from 'zod';
import {
  type ConfigProblem,
  type ConfigRefusal,
  rule,
  schemaProblems,
  withFound,
} from './config-problems.ts';
import { loadConfig } from './load-config.ts';

/** One witness of a process. Paths are absolute. */
export type WitnessIdentity = {
  /** The name of its key. */
  readonly name: string;
  /** Where under the address it answers; '' for the address itself. */
  readonly path: string;
  /** Private key, PEM. */
  readonly keyFile: string;
  /** Where it keeps what it has cosigned. Losing it means cosigning another history. */
  readonly folder: string;
  /** The logs it watches. The name of a key is its log's origin; after a rotation a log has several. */
  readonly logs: readonly VKey[];
};

export type WitnessConfig = {
  readonly listen: { readonly host: string; readonly port: number };
  readonly demonstration?: { readonly clockOffsetFile: string };
  readonly witnesses: readonly WitnessIdentity[];
};

const path = z.string().min(1);

const identity = z.strictObject({
  name: z
    .string()
    .max(255)
    .regex(/^[^\s+\p{Cc}]+$/u, rule('密钥名称，不含空格与加号', 'a key name: no space and no plus')),
  path: z
    .string()
    .regex(/^[a-z0-9-]{1,63}$/, rule('小写字母、数字与连字符', 'lower-case letters, digits and hyphens'))
    .optional(),
  keyFile: path,
  folder: path,
  logs: z.array(z.string().max(1_000)).min(1).max(10_000),
});

const shape = z.strictObject({
  listen: z.strictObject({ host: z.string().min(1), port: z.int().min(0).max(65_535) }),
  demonstration: z.strictObject({ clockOffsetFile: path }).optional(),
  witnesses: z.array(identity).min(1).max(64),
});

/** Checks a configuration whole and names every field that is wrong. Relative paths stand against `folder`. */
export const parseWitnessConfig = (
  sha256: Sha256,
  json: unknown,
  folder: string,
): Result<WitnessConfig, ConfigRefusal> => {
  const parsed = shape.safeParse(json);
  if (!parsed.success) return bad(schemaProblems(parsed.error.issues, json), json);
  const { listen, demonstration, witnesses } = parsed.data;
  const problems: ConfigProblem[] = [];
  const identities = witnesses.map(({ name, path = '', keyFile, folder: own, logs }, n): WitnessIdentity => ({
    ...{ name, path, keyFile: resolve(folder, keyFile), folder: resolve(folder, own) },
    logs: logs.flatMap((text, m): readonly VKey[] => {
      const key = parseVKey(sha256, text);
      const typed = key.ok ? ofType(key.value, 'ed25519') : key;
      if (typed.ok) return [typed.value];
      problems.push({
        field: `witnesses.${n}.logs.${m}`,
        rule: rule('不是账本的公钥', `no key of a log: ${typed.refusal.rule}`),
      });
      return [];
    }),
  }));
  for (const field of ['name', 'path', 'keyFile', 'folder'] as const)
    problems.push(...repeated(identities, field));
  if (problems.length > 0) return bad(problems, json);
  return ok({
    ...{ listen, witnesses: identities },
    ...(demonstration && {
      demonstration: { clockOffsetFile: resolve(folder, demonstration.clockOffsetFile) },
    }),
  });
};

const bad = (problems: readonly ConfigProblem[], json: unknown) =>
  refuse<ConfigRefusal>({ code: 'bad-configuration', problems: withFound(problems, json) });

/** Two witnesses of one key or one memory would be one witness that counts twice. */
const repeated = (
  identities: readonly WitnessIdentity[],
  field: 'name' | 'path' | 'keyFile' | 'folder',
): readonly ConfigProblem[] =>
  identities.flatMap((each, n) =>
    identities.findIndex((other) => other[field] === each[field]) === n
      ? []
      : [{ field: `witnesses.${n}.${field}`, rule: rule('与另一见证相同', 'is another witness’s') }],
  );

/** Reads and checks the file, or throws an error that an operator can act on. */
export const loadWitnessConfig = (sha256: Sha256, file: string): WitnessConfig =>
  loadConfig(file, { zh: '见证', en: 'witness' }, (json, folder) => parseWitnessConfig(sha256, json, folder));
