import { spawnSync } from 'node:child_process';
import { parseAllDocuments } from 'yaml';

export type Manifest = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly data?: Readonly<Record<string, string>>;
};

const renderers: readonly (readonly string[])[] = [
  ['kubectl', 'kustomize'],
  ['kustomize', 'build'],
];

const isThere = ([program = '']: readonly string[]) =>
  spawnSync(program, ['version', ...(program === 'kubectl' ? ['--client'] : [])]).status === 0;

/** What renders here; `undefined` where neither kubectl nor kustomize is to be had. */
export const renderer = (): readonly string[] | undefined => renderers.find(isThere);

export const rendered = (words: readonly string[], folder: string): readonly Manifest[] => {
  const [program = '', ...args] = words;
  const { status, stdout, stderr } = spawnSync(program, [...args, folder], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`${folder} cannot be rendered: ${stderr}`);
  return parseAllDocuments(stdout).map((document) => document.toJS() as Manifest);
};
