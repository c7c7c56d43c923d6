import { sample } from './sample.ts';

const folderOf: Record<string, string> = {
  kernel: 'libs/kernel/src',
  domain: 'libs/domain/src/case',
  ledger: 'libs/ledger/src',
  application: 'libs/application/src',
};

export const purity = Object.keys(folderOf).flatMap((layer) =>
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

export const allowedTime = [
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

export const style = [
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
