/**
 * Lints texts that are not on disk with the project's own configuration, outside
 * the test runner, because Nx must read its project graph as it does for `eslint .`.
 *
 * stdin: [{ "file": "libs/domain/src/case/sample.ts", "code": "…", "typed": false }]
 * stdout: for each sample the rules that fired, and the messages they gave
 *
 * A sample that needs types must bear the name of a file that exists.
 */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

const root = path.resolve(import.meta.dirname, '../..');

// Without a fresh project graph the Nx rule stays silent and the run looks clean.
execFileSync(process.execPath, [path.join(root, 'node_modules/nx/dist/bin/nx.js'), 'show', 'projects'], {
  cwd: root,
  stdio: ['ignore', 'ignore', 'inherit'],
});

const untyped = {
  ...tseslint.configs.disableTypeChecked,
  files: ['**/*.ts'],
  languageOptions: { parserOptions: { project: null, program: null } },
};
// A single run would take a sample's text from the disk.
const inMemory = {
  files: ['**/*.ts'],
  languageOptions: { parserOptions: { disallowAutomaticSingleRunInference: true } },
};
const linters = {
  typed: new ESLint({ cwd: root, overrideConfig: [inMemory] }),
  untyped: new ESLint({ cwd: root, overrideConfig: [untyped] }),
};

const found = [];
for (const { file, code, typed } of JSON.parse(await text(process.stdin))) {
  const linter = typed ? linters.typed : linters.untyped;
  const [result] = await linter.lintText(code, { filePath: path.join(root, file) });
  found.push(result.messages.map(({ ruleId, messageId, message }) => ({ ruleId, messageId, message })));
}
process.stdout.write(JSON.stringify(found));
