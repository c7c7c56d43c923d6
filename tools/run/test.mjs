/** `npm test [-- <jest arguments>]`: builds first, because some specs start the built programs. */
import path from 'node:path';
import { build, ensureInstalled, inOrder, nodePath, root, run } from './installed.mjs';

await inOrder(
  ensureInstalled,
  () => build(),
  () =>
    run(nodePath, [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      path.join(root, 'node_modules/jest/bin/jest.js'),
      ...process.argv.slice(2),
    ]),
);
