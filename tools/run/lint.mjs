/** `npm run lint`: the rules and the format, all of it even if the first part fails. */
import path from 'node:path';
import { ensureInstalled, nodePath, root, run } from './installed.mjs';

await ensureInstalled();
const tool = (file, args, options) =>
  run(nodePath, [path.join(root, 'node_modules', file), ...args], options);

const codes = [
  // Without a fresh project graph ESLint skips the module boundaries and says nothing.
  await tool('nx/dist/bin/nx.js', ['show', 'projects'], { stdio: ['ignore', 'ignore', 'inherit'] }),
  await tool('eslint/bin/eslint.js', ['.', '--max-warnings=0']),
  await tool('prettier/bin/prettier.cjs', ['--check', '--log-level=warn', '.']),
];
process.exit(codes.some((code) => code !== 0) ? 1 : 0);
