import { existsSync, mkdirSync, realpathSync, rmSync } from 'node:fs';
import path from 'node:path';
import { nativeFolder, serverIdentity } from './binaries.ts';
import { initialise, nameNobody, postmasterOf, socketFolder } from './data-folder.ts';
import { lockFolder } from './folder-lock.ts';
import { launch, ready } from './launch.ts';
import { childrenOf, commandOf, ended, signal } from './processes.ts';
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
        for (const each of all) signal(each, 'SIGKILL');
        await exited;
        for (const each of all) await ended(each);
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
};

/**
 * A server that outlived its owner ends by itself, unless what watches over it was killed too.
 * The folder is ours by now, so it is told to end, and gone before the next one starts.
 */
const orphanGone = async (data: string): Promise<void> => {
  const pid = postmasterOf(data);
  if (pid === undefined) return;
  if (commandOf(pid).includes(data)) {
    signal(pid, 'SIGINT');
    await ended(pid);
  }
  nameNobody(data);
};
