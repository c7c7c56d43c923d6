/**
 * `npm run test:kurrent -- --url <esdb://…>`: the whole contract suite, the fault tests and the
 * main job against a server that runs already. It is written to, in parts that nobody else uses.
 */
import { parseArgs } from 'node:util';
import path from 'node:path';
import { build, ensureInstalled, inOrder, nodePath, root, run } from './installed.mjs';

const { values } = parseArgs({ options: { url: { type: 'string' } } });
if (!/^(kurrentdb|kurrent|kdb|esdb)(\+discover)?:\/\//.test(values.url ?? '')) {
  process.stderr.write(
    '请用 --url 指明服务器，例如 esdb://127.0.0.1:2113?tls=false。未运行任何测试。\n' +
      'Name the server: npm run test:kurrent -- --url esdb://127.0.0.1:2113?tls=false. Nothing was run.\n',
  );
  process.exit(2);
}
process.env['TEST_KURRENT_URL'] = values.url;

await inOrder(
  ensureInstalled,
  () => build(),
  () =>
    run(nodePath, [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      path.join(root, 'node_modules/jest/bin/jest.js'),
      '--runInBand',
      'libs/adapters/src/kurrent',
      'apps/embedded/test/kurrent',
    ]),
);
