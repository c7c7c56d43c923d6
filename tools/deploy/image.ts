/**
 * Builds what deploy/docker/Dockerfile builds, as far as that goes without Docker: every COPY and
 * every RUN, in a folder of its own, on the Node of this workspace. Then starts the service as the
 * image would, asks its health check, and ends it as Docker would.
 *
 *   node tools/deploy/image.ts [service]
 *
 * What is not tried: the base image, the users, the file system that nobody writes to.
 */
import { foundNetworkFiles, prepareTier } from '@liandong/assembly';
import { startPostgres } from '@liandong/adapters/postgres';
import { loadTierConfig, parseNetworkPlan, parseTierFounding } from '@liandong/contracts';
import { serviceNames } from '@liandong/kernel';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { filled, parseDockerfile, type Stage } from './dockerfile.ts';
import { ignored } from './dockerignore.ts';

const root = path.resolve(import.meta.dirname, '../..');
const app = process.argv[2] ?? 'approval';
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const scratch = mkdtempSync(path.join(tmpdir(), 'liandong-image-'));
chmodSync(scratch, 0o711);

/** Only what is in the repository, as from a fresh clone, and what .dockerignore lets through. */
const contextFiles = (): readonly string[] => {
  const { stdout } = spawnSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' });
  const leftOut = ignored(read('.dockerignore'));
  return stdout.split('\0').filter((file) => file !== '' && !leftOut(file));
};

const within = (stage: string, where: string) => path.join(scratch, stage, where);

const build = (stage: Stage, n: number, names: Record<string, string>): Record<string, string> => {
  const own = stage.as === '' ? `stage-${n}` : stage.as;
  const environment: Record<string, string> = {};
  let folder = '/';
  for (const { name, text, line } of stage.instructions) {
    const said = filled(text, { ...names, ...environment });
    switch (name) {
      case 'WORKDIR':
        folder = said;
        mkdirSync(within(own, folder), { recursive: true });
        break;
      case 'ENV':
        for (const [, key = '', value = ''] of said.matchAll(/(\w+)=(\S+)/g)) environment[key] = value;
        break;
      case 'COPY':
        copy(said, within(own, folder));
        break;
      case 'RUN':
        // What needs the image's own root is done by Docker alone.
        if (/\/var\/lib/.test(said)) break;
        console.log(`  ${line}: ${text}`);
        runIn(within(own, folder), text, { ...names, ...environment });
        break;
    }
  }
  return environment;
};

const copy = (said: string, folder: string): void => {
  const words = said.split(/\s+/);
  const from = /^--from=(\w+)$/.exec(words[0] ?? '')?.[1];
  const sources = words.slice(from === undefined ? 0 : 1, -1);
  const to = path.join(folder, words.at(-1) ?? '.');
  if (from === undefined) {
    for (const file of contextFiles()) cpSync(path.join(root, file), path.join(to, file));
    return;
  }
  for (const source of sources) {
    const target = words.at(-1)?.endsWith('/') ? path.join(to, path.basename(source)) : to;
    cpSync(within(from, source), target, { recursive: true, verbatimSymlinks: true });
  }
};

const runIn = (cwd: string, text: string, environment: Readonly<Record<string, string>>): void => {
  const { status } = spawnSync('sh', ['-ec', text], {
    cwd,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...environment, NODE_OPTIONS: '' },
  });
  if (status !== 0) throw new Error(`ended with ${status}: ${text}`);
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port could be had');
  return address.port;
};

/** A founded tier on a real server, its configuration for one process on this machine. */
const foundedTier = async (socketDir: string, superuser: string): Promise<string> => {
  const plan = parseNetworkPlan(JSON.parse(read('deploy/compose/network.json')));
  if (!plan.ok) throw new Error(JSON.stringify(plan.refusal));
  const home = path.join(scratch, 'network');
  const { secretsFolder: _, dataFolder: __, ...here } = plan.value;
  const [file = ''] = foundNetworkFiles(home, here);
  const secrets = path.dirname(file);
  const host = `?host=${encodeURIComponent(socketDir)}`;
  for (const role of ['owner', ...serviceNames]) {
    const url = new URL(readFileSync(path.join(secrets, `${role}.url`), 'utf8').trim());
    writeFileSync(path.join(secrets, `${role}.url`), `${url.href}${host}\n`);
  }
  writeFileSync(
    path.join(secrets, 'superuser.url'),
    `postgres://postgres:${superuser}@localhost/postgres${host}\n`,
  );
  const directory = parseTierFounding(JSON.parse(read('deploy/compose/directory/431000.json')));
  if (!directory.ok) throw new Error(JSON.stringify(directory.refusal));
  const door = { host: '127.0.0.1', port: await freePort() };
  const json = JSON.parse(readFileSync(file, 'utf8')) as object;
  writeFileSync(
    file,
    JSON.stringify({ ...json, listen: { [`${app}Http`]: door, link: { ...door, port: 0 } } }),
  );
  await prepareTier(loadTierConfig(file), secrets, directory.value);
  return file;
};

/** Starts it as the image does, and gives what it ended with after SIGTERM. */
const tried = async (environment: Readonly<Record<string, string>>, config: string): Promise<void> => {
  const cwd = within('stage-1', '/app');
  const env = { PATH: process.env['PATH'], HOME: scratch, ...environment, LIANDONG_CONFIG: config };
  const words = ['main.js', ...(app === 'audit' ? ['serve'] : [])];
  const service = spawn(process.execPath, words, { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(service, 'exit') as Promise<[number | null, string | null]>;
  let opened = false;
  for await (const line of createInterface({ input: service.stdout })) {
    console.log(`  ${line}`);
    opened ||= line.includes(`${app} 431000: http`);
    if (opened) break;
  }
  service.stdout.resume();
  if (!opened) throw new Error('the service ended before its doors were open');
  const healthy = spawnSync(process.execPath, ['deploy/docker/healthy.mjs'], { cwd, env, stdio: 'inherit' });
  service.kill('SIGTERM');
  const [code, signal] = await ended;
  if (healthy.status !== 0) throw new Error(`the health check ended with ${healthy.status}`);
  if (code !== 0) throw new Error(`after SIGTERM the service ended with ${code ?? signal}`);
};

try {
  const { globals, stages } = parseDockerfile(read('deploy/docker/Dockerfile'));
  const names = Object.fromEntries(
    globals.map(({ text }) => text.split('=')).map(([name = '', value = '']) => [name, value]),
  );
  const environments = stages.map((stage, n) => build(stage, n, { ...names, APP: app }));
  const server = await startPostgres({ dir: path.join(scratch, 'postgres'), durable: false });
  try {
    const config = await foundedTier(server.socketDir, server.password('postgres'));
    await tried(environments.at(-1) ?? {}, config);
  } finally {
    await server.stop();
  }
  console.log(
    `✓ 镜像 image ${app}：按 Dockerfile 构建、启动、健康、停止 · built, started, healthy, stopped in order`,
  );
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
