import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Identity, nativeFolder, serverIdentity } from './binaries.ts';
import { lockFolder } from './folder-lock.ts';
import { childrenOf, ended } from './processes.ts';
import { secretsIn } from './secrets.ts';

export type PostgresOptions = {
  /** Everything the server keeps, between runs too. */
  readonly dir: string;
  /** `false` loses data when the machine fails: for tests of something else. */
  readonly durable?: boolean;
  /** Server settings that differ from the small defaults below. */
  readonly settings?: Readonly<Record<string, string | number>>;
  /** What the server's processes find in their environment besides PATH. */
  readonly environment?: Readonly<Record<string, string>>;
};

export type PostgresServer = {
  readonly pid: number;
  /** The folder of the server's socket; there is no TCP port. */
  readonly socketDir: string;
  /** How to connect as a role, whose password is made when first asked for. */
  readonly url: (role: string, database: string) => string;
  readonly password: (role: string) => string;
  /** Resolves when the server has ended, for whatever reason. */
  readonly exited: Promise<void>;
  /** Ends it cleanly, breaking connections off. */
  readonly stop: () => Promise<void>;
  /** Ends it as a power cut would: every process of the server by SIGKILL. */
  readonly kill9: () => Promise<void>;
};

/** One small server for all tiers of a machine: measured in memory, not in promises. */
const smallSettings = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  shared_buffers: '32MB',
  max_connections: 100,
  io_method: 'sync',
  max_worker_processes: 0,
  max_parallel_workers: 0,
  max_logical_replication_workers: 0,
  autovacuum_max_workers: 2,
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
} as const;

const carefree = { fsync: 'off', full_page_writes: 'off' } as const;

/**
 * Starts the PostgreSQL that npm installed on the data of a folder, which is made at the first
 * start. Refuses a folder that a live process uses. However this process ends, the server ends
 * with it; what it had committed is there at the next start.
 */
export const startPostgres = async ({
  dir,
  durable = true,
  settings = {},
  environment = {},
}: PostgresOptions): Promise<PostgresServer> => {
  // Others may pass through, as the server's own user must; what is inside is closed to them.
  mkdirSync(dir, { recursive: true, mode: 0o711 });
  const folder = realpathSync(dir);
  const unlock = lockFolder(folder);
  try {
    const native = nativeFolder();
    const identity = serverIdentity(native, folder);
    const secrets = secretsIn(path.join(folder, 'secrets.json'));
    const data = path.join(folder, 'data');
    if (existsSync(data)) await orphanGone(data);
    else await initialise(native, folder, identity, secrets.password('postgres'), durable);

    const socketDir = socketFolder(folder, identity);
    const all = { ...smallSettings, ...(durable ? {} : carefree), ...settings };
    const args = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const server = launch(native, identity, ['-D', data, '-k', socketDir, ...args], environment);
    const exited = new Promise<void>((resolve) => {
      server.once('close', () => {
        if (!socketDir.startsWith(folder)) rmSync(socketDir, { recursive: true, force: true });
        unlock();
        resolve();
      });
      server.once('exit', () => server.stdio[3]?.destroy());
    });
    await ready(server, path.join(folder, 'server.log'));
    const pid = postmasterOf(data) ?? 0;

    return {
      pid,
      socketDir,
      exited,
      password: secrets.password,
      url: (role, database) =>
        `postgres://${role}:${secrets.password(role)}@/${database}?host=${encodeURIComponent(socketDir)}`,
      stop: async () => {
        server.stdio[3]?.destroy();
        await exited;
      },
      kill9: async () => {
        const all = [pid, ...childrenOf(pid)];
        for (const each of all) killed(each);
        await exited;
        for (const each of all) await ended(each);
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
};

const initialise = async (
  native: string,
  folder: string,
  identity: Identity,
  password: string,
  durable: boolean,
): Promise<void> => {
  // Made apart and renamed, so a first start that was broken off leaves nothing half made.
  const fresh = ownFolder(path.join(folder, 'data.new'), identity, 0o700);
  const passwordFile = path.join(fresh, '..', 'password.new');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (identity.owner !== undefined) chownSync(passwordFile, identity.owner, identity.owner);
  const args = ['-D', fresh, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`];
  const locale = ['-E', 'UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  // One call for the whole file system, where there is one, in place of one for each of a thousand files.
  const sync = !durable ? '--no-sync' : `--sync-method=${process.platform === 'linux' ? 'syncfs' : 'fsync'}`;
  const [command = '', ...rest] = [...identity.prefix, path.join(native, 'bin/initdb')];
  const child = spawn(command, [...rest, ...args, ...locale, '--no-instructions', sync], {
    ...identity.ids,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env['PATH'] },
  });
  let complaint = '';
  child.stderr.on('data', (text: Buffer) => (complaint += text.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  rmSync(passwordFile, { force: true });
  if (code !== 0) throw new Error(`initdb failed (${code}): ${complaint}`);
  renameSync(fresh, path.join(folder, 'data'));
};

const ownFolder = (folder: string, { owner }: Identity, mode: number): string => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  chmodSync(folder, mode);
  if (owner !== undefined) chownSync(folder, owner, owner);
  return folder;
};

/** A socket's path may have 103 bytes (macOS), so a deep folder has its socket elsewhere. */
const socketFolder = (folder: string, identity: Identity): string => {
  const near = path.join(folder, 'run');
  if (Buffer.byteLength(path.join(near, '.s.PGSQL.5432')) <= 103) return ownFolder(near, identity, 0o755);
  const far = mkdtempSync(path.join(realpathSync(tmpdir()), 'liandong-'));
  return ownFolder(far, identity, 0o755);
};

/**
 * Ends the server when this process's end of descriptor 3 closes, so SIGKILL of this process
 * leaves no orphan. In a session of its own, so Ctrl-C reaches this process alone, which then
 * stops things in order.
 */
const guard = `
"$@" 3<&- &
server=$!
trap 'kill -INT $server 2>/dev/null' TERM INT
(cat <&3 >/dev/null; kill -INT $server 2>/dev/null) &
watch=$!
while kill -0 $server 2>/dev/null; do wait $server; done
kill $watch 2>/dev/null
exit 0`;

const launch = (
  native: string,
  identity: Identity,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): ChildProcess => {
  const [command = '', ...rest] = [...identity.prefix, 'sh', '-c', guard, 'sh'];
  return spawn(command, [...rest, path.join(native, 'bin/postgres'), ...args], {
    ...identity.ids,
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], ...environment },
  });
};

/** Resolves when the server says so; rejects with what it said if it ends instead. */
const ready = (server: ChildProcess, logFile: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const log = createWriteStream(logFile, { mode: 0o600 });
    let said = '';
    const listen = (text: Buffer) => {
      said += text.toString();
      if (!said.includes('database system is ready to accept connections')) return;
      server.stderr?.off('data', listen);
      resolve();
    };
    server.stderr?.on('data', listen);
    server.stderr?.pipe(log);
    server.once('error', reject);
    server.once('close', () => reject(new Error(`PostgreSQL did not start: ${said}`)));
  });

const postmasterOf = (data: string): number | undefined => {
  const file = path.join(data, 'postmaster.pid');
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : undefined;
};

/** The server of an owner that was killed is still ending: it must be gone before the next one starts. */
const orphanGone = async (data: string): Promise<void> => {
  const pid = postmasterOf(data);
  if (pid !== undefined && runsOn(pid, data)) await ended(pid);
};

const runsOn = (pid: number, data: string): boolean => {
  try {
    return process.platform !== 'linux' || readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(data);
  } catch {
    return false;
  }
};

const killed = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended first.
  }
};
