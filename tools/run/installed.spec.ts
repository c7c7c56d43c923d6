import { describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';

type Lock = { packages: Record<string, { version?: string; integrity?: string; optional?: boolean }> };
type Installed = { whyNotInstalled: (wanted?: Lock, found?: Lock) => string | undefined };

const script = path.resolve('tools/run/installed.mjs');
const { whyNotInstalled } = (await import(pathToFileURL(script).href)) as Installed;

const lock = (packages: Lock['packages']): Lock => ({ packages: { '': { version: '1.0.0' }, ...packages } });
const zod = { 'node_modules/zod': { version: '4.0.0', integrity: 'sha512-a' } };

describe('whether the packages are installed', () => {
  it('is true when everything the lock file names is there', () => {
    expect(whyNotInstalled(lock(zod), lock(zod))).toBeUndefined();
  });

  it('is false before the first installation and after a broken one', () => {
    expect(whyNotInstalled(lock(zod), undefined)).toMatch('not installed yet');
  });

  it('is false when a pull brought another version', () => {
    const moved = { 'node_modules/zod': { version: '4.0.1', integrity: 'sha512-b' } };
    expect(whyNotInstalled(lock(moved), lock(zod))).toMatch('node_modules/zod');
  });

  it('is false when a version keeps its number and changes its content', () => {
    const moved = { 'node_modules/zod': { version: '4.0.0', integrity: 'sha512-b' } };
    expect(whyNotInstalled(lock(moved), lock(zod))).toMatch('node_modules/zod');
  });

  it('is false when a pull brought or took away a package', () => {
    expect(whyNotInstalled(lock(zod), lock({}))).toMatch('is missing');
    expect(whyNotInstalled(lock({}), lock(zod))).toMatch('no longer wanted');
  });

  it('does not miss a package for another platform', () => {
    const other = { 'node_modules/only-elsewhere': { version: '1.0.0', optional: true } };
    expect(whyNotInstalled(lock({ ...zod, ...other }), lock(zod))).toBeUndefined();
  });
});

/** Starts the script as a fresh shell would: without the packages on the path. */
const start = (...args: string[]) => {
  const bin = path.resolve('node_modules/.bin');
  const PATH = (process.env['PATH'] ?? '').split(path.delimiter).filter((dir) => dir !== bin);
  return spawn(process.execPath, [script, ...args], {
    env: { ...process.env, PATH: PATH.join(path.delimiter) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
};

describe('a command run among the packages', () => {
  it('runs on the Node that comes with them', async () => {
    const child = start('node', '-p', 'process.version.split(".")[0]');
    expect(await text(child.stdout)).toBe('v24\n');
  });

  it('keeps its exit code', async () => {
    const child = start('node', '-e', 'process.exit(7)');
    expect(await once(child, 'exit')).toEqual([7, null]);
  });

  it('is told to stop, and may stop in its own way', async () => {
    const program = `process.on('SIGTERM', () => process.exit(5)); process.stdout.write('ready'); setInterval(() => {}, 1000)`;
    const child = start('node', '-e', program);
    const exited = once(child, 'exit');
    await once(child.stdout, 'data');
    child.kill('SIGTERM');
    expect(await exited).toEqual([5, null]);
  });
});
