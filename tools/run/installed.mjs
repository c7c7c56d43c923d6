/**
 * Makes sure the packages of package-lock.json are there, then runs a command
 * among them, on the Node that comes with them.
 *
 * A fresh machine's own Node runs this file: Node 18 or later, no packages.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const bin = path.join(root, 'node_modules', '.bin');

export const ensureInstalled = async () => {
  const reason = whyNotInstalled(readJson('package-lock.json'), readJson('node_modules/.package-lock.json'));
  if (reason !== undefined) await install(reason);
  assertNode();
};

/**
 * Says what is missing, or nothing. npm writes the second file last, so it is
 * there only after a whole install; a package for another platform may be absent.
 */
export const whyNotInstalled = (wanted, found) => {
  if (wanted === undefined) return 'package-lock.json 缺失 (is missing)';
  if (found === undefined) return 'node_modules 尚未安装 (not installed yet)';
  for (const [where, want] of Object.entries(wanted.packages)) {
    if (where === '') continue;
    const have = found.packages[where];
    if (have === undefined && !want.optional) return `${where} 缺失 (is missing)`;
    if (have !== undefined && (have.version !== want.version || have.integrity !== want.integrity))
      return `${where} 已更新 (has changed)`;
  }
  const extra = Object.keys(found.packages).find((where) => !(where in wanted.packages));
  return extra === undefined ? undefined : `${extra} 不再需要 (is no longer wanted)`;
};

const install = async (reason) => {
  say(`正在安装依赖包，约需一分钟：${reason}`, 'Installing packages, about a minute.');
  const started = performance.now();
  const progress = setInterval(() => {
    const seconds = Math.round((performance.now() - started) / 1000);
    say(`仍在安装，已用 ${seconds} 秒`, `still installing, ${seconds} s`);
  }, 15_000);
  const [command, args] = npm(['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  const status = await run(command, args, { env: process.env }).finally(() => clearInterval(progress));
  if (status !== 0) {
    say('安装失败，npm 的说明见上文。请检查网络后重试。', 'The installation failed; npm says why above.');
    process.exit(1);
  }
};

/** The npm that started us if there is one, on the Node it runs on: node_modules is about to be replaced. */
const npm = (args) => {
  const { npm_execpath: script, npm_node_execpath: node } = process.env;
  return script !== undefined && node !== undefined && existsSync(node) && !node.startsWith(root)
    ? [node, [script, ...args]]
    : ['npm', args];
};

const assertNode = () => {
  const wanted = readJson('package-lock.json').packages['node_modules/node']?.version;
  const { stdout } = spawnSync(nodePath, ['--version'], { encoding: 'utf8' });
  if (stdout?.trim() === `v${wanted}`) return;
  say(
    `node_modules/.bin/node 应为 v${wanted}，实为 ${stdout?.trim() || '无'}。npm 可能拦下了安装脚本，请运行：npm rebuild node --ignore-scripts=false`,
    `node_modules/.bin/node should be v${wanted}. npm may have blocked its install script; run the command above.`,
  );
  process.exit(1);
};

export const nodePath = path.join(bin, os.platform() === 'win32' ? 'node.cmd' : 'node');

const withPackages = () => ({ ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH ?? ''}` });

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs a command to its end and gives its exit code. A signal goes on to the
 * command, once: a terminal's Ctrl-C has already reached it.
 */
export const run = (command, args, { env = withPackages(), stdio = 'inherit' } = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env, stdio });
    const forward = (signal) => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    };
    for (const signal of signals) process.on(signal, forward);
    const watch = whenNpmIsGone(() => child.kill('SIGTERM'));
    const done = () => {
      for (const signal of signals) process.off(signal, forward);
      clearInterval(watch);
    };
    child.once('error', (error) => {
      done();
      reject(error);
    });
    child.once('exit', (code, signal) => {
      done();
      resolve(code ?? 128 + os.constants.signals[signal]);
    });
  });

/**
 * npm passes a signal to the shell it started us in, which dies of it and tells nobody. So
 * when npm is gone, by whatever signal, what it started ends too.
 */
const whenNpmIsGone = (then) => {
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event === undefined) return undefined;
  return setInterval(() => {
    if (process.ppid !== parent) then();
  }, 500);
};

/** Compiles what changed since the last time. */
export const build = (project = '.') =>
  run(nodePath, [path.join(root, 'node_modules', 'typescript7', 'bin', 'tsc'), '-b', project]);

/** Runs the steps in order and ends the process with the first exit code that is not 0. */
export const inOrder = async (...steps) => {
  for (const step of steps) {
    const code = await step();
    if (typeof code === 'number' && code !== 0) process.exit(code);
  }
};

const readJson = (file) => {
  try {
    return JSON.parse(readFileSync(path.join(root, file), 'utf8'));
  } catch {
    return undefined;
  }
};

const say = (...lines) => {
  for (const line of lines) process.stderr.write(`${line}\n`);
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [command, ...args] = process.argv.slice(2);
  await ensureInstalled();
  if (command !== undefined) process.exit(await run(command, args));
}
