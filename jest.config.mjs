/**
 * Native ES modules under Jest (`--experimental-vm-modules`), TypeScript through swc.
 * Workspace packages resolve to their sources through the `@liandong/source` condition;
 * never add `import` to the conditions: Jest's own requires break on it.
 */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['/dist/'],
  watchPathIgnorePatterns: ['/dist/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        sourceMaps: 'inline',
        module: { type: 'es6' },
        jsc: {
          target: 'es2023',
          keepClassNames: true,
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true },
        },
      },
    ],
  },
  transformIgnorePatterns: ['/node_modules/'],
  testEnvironmentOptions: { customExportConditions: ['@liandong/source', 'node'] },
  testTimeout: 120_000,
  maxWorkers: 2,
  // Native modules are never let go: a worker that has run many suites holds gigabytes.
  workerIdleMemoryLimit: '1GB',
};
