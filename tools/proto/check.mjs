/**
 * `npm run proto`: lints the protobuf files and compares them with the last
 * published form, so that a peer that was not upgraded still understands them.
 *
 * `npm run proto -- --update` publishes the present form as the new baseline.
 * Nothing is generated: services read `proto/` when they start.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const baseline = 'proto/baseline.binpb';

const buf = (...args) => {
  const { status, error } = spawnSync(path.join(root, 'node_modules/.bin/buf'), args, {
    cwd: root,
    stdio: 'inherit',
  });
  if (error !== undefined) throw error;
  return status === 0;
};

const says = (line) => process.stdout.write(`${line}\n`);

const linted = buf('lint') && buf('build', '--output', '/dev/null');
if (!linted) process.exit(1);

if (process.argv.includes('--update')) {
  if (!buf('build', '--exclude-source-info', '--output', baseline)) process.exit(1);
  says(`${baseline} now holds the present form`);
} else if (!existsSync(path.join(root, baseline))) {
  says(`${baseline} is missing: npm run proto -- --update`);
  process.exit(1);
} else if (!buf('breaking', '--against', baseline)) {
  says(`the files above no longer understand what ${baseline} wrote`);
  process.exit(1);
} else {
  says('proto: lint clean, nothing broken since the baseline');
}
