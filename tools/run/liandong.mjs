/** `npm run liandong -- …`: the operator's command line. */
import path from 'node:path';
import { build, ensureInstalled, inOrder, nodePath, root, run } from './installed.mjs';

await inOrder(
  ensureInstalled,
  () => build('apps/cli'),
  () => run(nodePath, [path.join(root, 'apps/cli/dist/main.js'), ...process.argv.slice(2)]),
);
