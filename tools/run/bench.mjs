/** `npm run bench [-- <arguments>]`: the benchmark against its rivals, on this machine. */
import path from 'node:path';
import { build, ensureInstalled, inOrder, nodePath, root, run } from './installed.mjs';

await inOrder(
  ensureInstalled,
  () => build(),
  () => run(nodePath, [path.join(root, 'tools/bench/main.ts'), ...process.argv.slice(2)]),
);
