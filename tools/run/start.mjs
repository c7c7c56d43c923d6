/** `npm start`: the embedded network, from whatever state the folder is in. */
import path from 'node:path';
import { build, ensureInstalled, inOrder, nodePath, root, run } from './installed.mjs';

await inOrder(
  ensureInstalled,
  () => build('apps/audit'),
  () => build('apps/embedded'),
  () =>
    run(nodePath, [
      '--enable-source-maps',
      path.join(root, 'apps/embedded/dist/main.js'),
      ...process.argv.slice(2),
    ]),
);
