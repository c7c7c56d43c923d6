import { z } from 'zod';

export type ConfigProblem = {
  /** Where in the file, with dots; '' for the file as a whole. */
  readonly field: string;
  /** What it must be, Chinese and English: what the operator is to write instead. */
  readonly rule: string;
  /** What stands there, without what may be secret. */
  readonly found?: string | undefined;
};

export type ConfigRefusal = {
  readonly code: 'bad-configuration';
  readonly problems: readonly ConfigProblem[];
};

export const rule = (zh: string, en: string): string => `${zh} · ${en}`;

const [english, chinese] = [z.locales.en().localeError, z.locales.zhCN().localeError];
const textOf = (said: ReturnType<typeof english>): string => (typeof said === 'string' ? said : '');

/** Everything a schema has against a value. Its own words are said in both languages; a rule of ours already is. */
export const schemaProblems = (
  issues: readonly z.core.$ZodIssue[],
  json: unknown,
): readonly ConfigProblem[] =>
  issues.map((issue) => {
    const raw = { ...issue, input: at(json, issue.path) } as z.core.$ZodRawIssue;
    const own = issue.message !== textOf(english(raw));
    return {
      field: issue.path.join('.'),
      rule: own ? issue.message : rule(textOf(chinese(raw)), issue.message),
    };
  });

/** Says of every problem what was found there. */
export const withFound = (problems: readonly ConfigProblem[], json: unknown): readonly ConfigProblem[] =>
  problems.map((problem) =>
    problem.field === ''
      ? problem
      : { ...problem, found: shown(problem.field, at(json, problem.field.split('.'))) },
  );

const at = (json: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Readonly<Record<PropertyKey, unknown>>)[key]
        : undefined,
    json,
  );

const secretName = /pass|secret|token|private/i;
/** A key in PEM or base64, or an address with a password in it. */
const secretText = /PRIVATE KEY|:\/\/[^/\s]*:[^@\s]*@|^[A-Za-z0-9+/_=-]{32,}$/;

const shown = (field: string, value: unknown): string => {
  if (value === undefined) return rule('没有', 'nothing');
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string')
    return Array.isArray(value) ? rule('列表', 'a list') : rule('对象', 'an object');
  if (secretName.test(field) || secretText.test(value))
    return rule(`${value.length} 个字符，不予显示`, `${value.length} characters, not shown`);
  return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
};

export const problemText = ({ field, rule: said, found }: ConfigProblem): string =>
  `  ${field || rule('整个文件', '(whole file)')}: ${said}${found === undefined ? '' : ` — 实际 found: ${found}`}`;
