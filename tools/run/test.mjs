/**
 * `npm test [-- <jest arguments>]`: builds first, because some specs start the
 * built programs. Where the build fails the specs still run, and the whole fails.
 */
import path from 'node:path';
import { build, ensureInstalled, nodePath, root, run } from './installed.mjs';

await ensureInstalled();
const built = await build();
const tested = await run(nodePath, [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  path.join(root, 'node_modules/jest/bin/jest.js'),
  ...process.argv.slice(2),
]);
if (built !== 0)
  process.stderr.write('构建失败，见测试结果之前的说明。\nThe build failed; see above the specs.\n');
process.exit(tested === 0 ? built : tested);
