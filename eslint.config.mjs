import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { impure, layers, specs } from './boundaries.mjs';
import { importsRule } from './tools/boundaries/imports-rule.mjs';

const typescript = ['libs/**/*.ts', 'apps/**/*.ts'];
const specFiles = [...specs.files, 'tools/**/*.spec.ts'];

/** The same arrows once more, judged by Nx over its project graph, which also sees what package.json declares. */
const byTag = (inSpecs) => ({
  // What an app's specs share lies beside them; with circles let through, Nx takes it for another app.
  allow: inSpecs ? ['./**'] : [],
  enforceBuildableLibDependency: false,
  // A spec may use @liandong/testing, which stands on the very library under test.
  ignoredCircularDependencies: inSpecs ? [['*', '*']] : [],
  depConstraints: Object.entries(layers).map(([layer, { imports }]) => ({
    sourceTag: `layer:${layer}`,
    onlyDependOnLibsWithTags: (inSpecs ? specs.imports : imports).map((to) => `layer:${to}`),
  })),
});

const pureFiles = Object.values(layers)
  .filter(({ pure }) => pure)
  .map(({ root }) => `${root}/**/*.ts`);

const focusedOrSkipped = {
  selector:
    'CallExpression[callee.property.name=/^(only|skip|todo)$/][callee.object.name=/^(describe|it|test)$/], CallExpression[callee.name=/^(fdescribe|fit|xdescribe|xit|xtest)$/]',
  message: 'A spec runs whole: none is focused, skipped or left to do.',
};

const unnamedToken = {
  selector:
    "ClassDeclaration:has(> Decorator) MethodDefinition[kind='constructor'] > FunctionExpression > .params:not(:has(> Decorator))",
  message: 'Every constructor parameter names its token with @Inject.',
};

const typeormDecorators = {
  name: 'typeorm',
  importNames: ['Entity', 'Column', 'PrimaryColumn', 'PrimaryGeneratedColumn', 'ViewEntity'],
  message: 'Tables are described with EntitySchema.',
};

export default defineConfig(
  { ignores: ['**/dist/**', '**/coverage/**', '**/node_modules/**', '.*/**'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },

  {
    name: 'liandong/typescript',
    files: [...typescript, 'tools/**/*.ts'],
    extends: [js.configs.recommended, tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: { project: './tsconfig.check.json', tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      'no-undef': 'off',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { allowDefaultCaseForExhaustiveSwitch: false, considerDefaultExhaustiveForUnions: false },
      ],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      // A memory adapter keeps a port's promises without waiting for anything.
      '@typescript-eslint/require-await': 'off',
      // Ports are plain objects of functions: nothing here has a `this` to lose.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-restricted-imports': ['error', { paths: [typeormDecorators] }],
    },
  },

  {
    name: 'liandong/imports',
    files: typescript,
    plugins: { liandong: { rules: { imports: importsRule } }, '@nx': nx },
    rules: { 'liandong/imports': 'error', '@nx/enforce-module-boundaries': ['error', byTag(false)] },
  },
  {
    name: 'liandong/imports-of-specs',
    files: specs.files,
    plugins: { '@nx': nx },
    rules: { '@nx/enforce-module-boundaries': ['error', byTag(true)] },
  },

  {
    name: 'liandong/pure',
    files: pureFiles,
    ignores: specs.files,
    rules: {
      'no-restricted-globals': ['error', ...impure.globals],
      'no-restricted-properties': [
        'error',
        ...impure.properties.map(([object, property]) => ({ object, property })),
      ],
      'no-restricted-syntax': [
        'error',
        ...impure.syntax.map(({ selector, says }) => ({ selector, message: `${says}: pass it in.` })),
      ],
    },
  },
  {
    name: 'liandong/nest',
    files: ['libs/services/**/*.ts', 'apps/**/*.ts'],
    ignores: specs.files,
    rules: { 'no-restricted-syntax': ['error', unnamedToken] },
  },
  { name: 'liandong/libraries-are-silent', files: ['libs/**/*.ts'], rules: { 'no-console': 'error' } },
  {
    name: 'liandong/specs',
    files: specFiles,
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unnecessary-type-assertion': 'off',
      // What an answer looks like is asserted, and a wrong guess fails the spec.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/restrict-template-expressions': 'off',
      'no-restricted-syntax': ['error', focusedOrSkipped],
      'no-console': 'off',
    },
  },

  {
    name: 'liandong/scripts',
    files: ['**/*.mjs'],
    extends: [js.configs.recommended],
    languageOptions: {
      globals: Object.fromEntries(
        [
          ...['process', 'console', 'URL', 'Buffer', 'performance', 'fetch', 'structuredClone'],
          ...['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'queueMicrotask'],
          ...['AbortController', 'AbortSignal', 'TextEncoder', 'TextDecoder', 'crypto'],
        ].map((name) => [name, 'readonly']),
      ),
    },
    rules: { eqeqeq: ['error', 'always', { null: 'ignore' }] },
  },
);
