import { newPrivateKey } from '@liandong/adapters/crypto';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { sshAgent } from './ssh-agent.ts';

export type Litewitness = {
  readonly url: string;
  readonly vkey: string;
  readonly end: () => Promise<void>;
};

/** Builds the witness of torchwood 0.9.0 into a folder. */
export const buildLitewitness = (bin: string): string => {
  const { status, stderr } = spawnSync('go', ['install', 'filippo.io/torchwood/cmd/litewitness@v0.9.0'], {
    env: { ...process.env, GOBIN: bin },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`litewitness does not build:\n${stderr}`);
  return path.join(bin, 'litewitness');
};

/** Starts one with a key of its own that watches one log. */
export const startLitewitness = async (
  program: string,
  folder: string,
  name: string,
  log: { readonly origin: string; readonly vkey: string },
): Promise<Litewitness> => {
  const { server: agent, publicKey } = sshAgent(newPrivateKey());
  const socket = path.join(folder, 'agent');
  agent.listen(socket);
  await once(agent, 'listening');
  const [port, database] = [await freePort(), path.join(folder, 'litewitness.db')];
  const fingerprint = createHash('sha256').update(publicKey).digest('hex');
  const child = spawn(program, [
    ...['-db', database, '-name', name, '-ssh-agent', socket],
    ...['-key', fingerprint, '-listen', `127.0.0.1:${port}`],
  ]);
  const url = `http://127.0.0.1:${port}`;
  try {
    const vkey = await vkeyOf(child);
    watch(database, log);
    while (
      !(await fetch(url).then(
        () => true,
        () => false,
      ))
    ) {
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error('litewitness ended before it listened');
      await pause(10);
    }
    return { url, vkey, end: () => end(child, agent) };
  } catch (error) {
    await end(child, agent);
    throw error;
  }
};

/** What its own tool for operators writes. */
const watch = (database: string, { origin, vkey }: { readonly origin: string; readonly vkey: string }) => {
  const db = new DatabaseSync(database, { timeout: 5_000 });
  const empty = createHash('sha256').digest('base64');
  db.prepare('INSERT INTO log (origin, tree_size, tree_hash) VALUES (?, 0, ?)').run(origin, empty);
  db.prepare('INSERT INTO key (origin, key) VALUES (?, ?)').run(origin, vkey);
  db.close();
};

/** Reads on afterwards: whom nobody listens to, a Go program, ends at its next word. */
const vkeyOf = (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    let said = '';
    child.stdout?.resume();
    child.stderr?.on('data', (part) => {
      said += String(part);
      const [, vkey] = /vkey="?([^\s"]+)/.exec(said) ?? [];
      if (vkey !== undefined) resolve(vkey);
    });
    child.on('error', reject);
    child.on('exit', () => reject(new Error(`litewitness ended:\n${said}`)));
  });

const end = async (child: ChildProcess, agent: ReturnType<typeof sshAgent>['server']): Promise<void> => {
  agent.close();
  if (child.exitCode === null && child.signalCode === null) {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
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
