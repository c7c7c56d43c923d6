import type { TierCode } from '@liandong/kernel';
import { newStream, testEvents, testSealer } from '@liandong/testing';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { watch } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { postgresEventStore } from '../store/event-store.ts';
import { openPool } from '../store/pool.ts';
import { startOf } from './folder-lock.ts';
import { childrenOf, ended } from './processes.ts';
import { type PostgresServer, startPostgres } from './start-postgres.ts';
import { createTierDatabase } from './tier-database.ts';

const root = mkdtempSync(path.join(tmpdir(), 'liandong-server-'));
chmodSync(root, 0o711);
const servers: PostgresServer[] = [];
const owners: ChildProcess[] = [];

const started = async (dir: string, durable = false): Promise<PostgresServer> => {
  const server = await startPostgres({ dir, durable });
  servers.push(server);
  return server;
};

/** Another process that starts a server, and prints its id when it has. */
const spawnOwner = (dir: string) => {
  const script = path.join(import.meta.dirname, '../../../test/server-owner.ts');
  const owner = spawn(process.execPath, ['--conditions=@liandong/source', script, dir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  owners.push(owner);
  return owner;
};

const answer = async (server: PostgresServer, sql: string): Promise<unknown> => {
  const client = new pg.Client({ connectionString: server.url('postgres', 'postgres') });
  await client.connect();
  try {
    return Object.values((await client.query<Record<string, unknown>>(sql)).rows[0] ?? {})[0];
  } finally {
    await client.end();
  }
};

afterEach(async () => {
  for (const owner of owners.splice(0)) owner.kill('SIGKILL');
  for (const server of servers.splice(0)) await server.stop();
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('the PostgreSQL from npm', () => {
  it('keeps its data and its passwords in its folder between runs', async () => {
    const dir = path.join(root, 'kept');
    const first = await started(dir);
    const tier = await createTierDatabase(first, '431000' as TierCode);
    const pool = openPool(tier.urls.approval);
    const stream = newStream();
    await postgresEventStore({ pool, seal: testSealer().seal }).append(stream, 0, testEvents(2, { stream }));
    await pool.end();
    await first.stop();
    expect(startOf(first.pid)).toBeUndefined();

    const second = await started(dir);
    expect(await createTierDatabase(second, '431000' as TierCode)).toEqual(tier);
    const again = openPool(tier.urls.approval);
    expect(await postgresEventStore({ pool: again }).read(stream)).toHaveLength(2);
    await again.end();
  });

  it('is durable, reached by its socket only, and by nobody without a password', async () => {
    const dir = path.join(root, 'closed');
    const server = await started(dir, true);
    expect(await answer(server, 'SHOW fsync')).toBe('on');
    expect(await answer(server, 'SHOW synchronous_commit')).toBe('on');
    expect(await answer(server, 'SHOW full_page_writes')).toBe('on');
    expect(await answer(server, 'SHOW listen_addresses')).toBe('');
    for (const login of ['postgres', 'postgres:guess']) {
      const client = new pg.Client(server.url('postgres', 'postgres').replace(/\/\/[^@]+@/, `//${login}@`));
      await expect(client.connect()).rejects.toThrow(/password/i);
    }
    for (const file of readdirSync(dir)) {
      const { mode } = statSync(path.join(dir, file));
      expect([
        file,
        mode & (file === 'run' ? 0o022 : 0o077) & (file === 'owner.pid' ? 0o022 : 0o777),
      ]).toEqual([file, 0]);
    }
    expect(statSync(path.join(server.socketDir, '.s.PGSQL.5432')).mode & 0o077).toBe(0);
  });

  it('refuses a folder that a live process uses, and says which', async () => {
    const dir = path.join(root, 'taken');
    const server = await started(dir);
    await expect(startPostgres({ dir })).rejects.toThrow(`in use by process ${process.pid}`);
    await server.stop();
    await started(dir);
  });

  /** Another process that owns a server, and the two processes of that server that matter. */
  const owned = async (dir: string) => {
    const owner = spawnOwner(dir);
    const [server] = (await once(createInterface({ input: owner.stdout }), 'line')) as [string];
    const [guard = 0] = childrenOf(owner.pid ?? 0);
    return { owner, guard, server: Number(server) };
  };

  it('ends with its owner, even by SIGKILL, and starts again at once', async () => {
    const dir = path.join(root, 'orphan');
    const { owner, server } = await owned(dir);
    await expect(startPostgres({ dir })).rejects.toThrow(`in use by process ${owner.pid}`);
    owner.kill('SIGKILL');
    await ended(server);
    expect(await answer(await started(dir), 'SELECT 1')).toBe(1);
  });

  it('is ended by the next one if what should have ended it was killed too', async () => {
    const dir = path.join(root, 'outlived');
    const { owner, guard, server } = await owned(dir);
    expect(childrenOf(guard)).toContain(server);
    process.kill(guard, 'SIGKILL');
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    expect(startOf(server)).toBeDefined();
    expect(await answer(await started(dir), 'SELECT 1')).toBe(1);
    expect(startOf(server)).toBeUndefined();
  });

  it('recovers after kill -9 of all its processes, and tells when it ends', async () => {
    const dir = path.join(root, 'killed');
    const server = await started(dir);
    await createTierDatabase(server, '431000' as TierCode);
    await server.kill9();
    await server.exited;
    await ended(server.pid);
    const again = await started(dir);
    expect(await answer(again, `SELECT count(*)::int FROM pg_database WHERE datname = 'tier_431000'`)).toBe(
      1,
    );
  });

  it('starts after kill -9 though the id of the dead server is by now that of another process', async () => {
    const dir = path.join(root, 'reused');
    const server = await started(dir);
    await server.kill9();
    const file = path.join(dir, 'data', 'postmaster.pid');
    const { uid } = statSync(file);
    const other = spawn('cat', { ...(uid !== process.getuid?.() && { uid }) });
    owners.push(other);
    const [, ...rest] = readFileSync(file, 'utf8').split('\n');
    writeFileSync(file, [other.pid, ...rest].join('\n'));
    expect(await answer(await started(dir), 'SELECT 1')).toBe(1);
    expect(other.exitCode).toBeNull();
  });

  it('starts in a folder whose path is too long for a socket', async () => {
    const dir = path.join(root, 'deep'.repeat(20), 'er'.repeat(20));
    const server = await started(dir);
    expect(await answer(server, 'SELECT 1')).toBe(1);
    await server.stop();
    expect(existsSync(server.socketDir)).toBe(false);
  });

  it('starts below a folder that only its owner may pass', async () => {
    const home = path.join(root, 'home');
    mkdirSync(home, { mode: 0o700 });
    expect(await answer(await started(path.join(home, 'network')), 'SELECT 1')).toBe(1);
  });

  it('starts over a first start that was broken off', async () => {
    const dir = path.join(root, 'half');
    mkdirSync(dir, { mode: 0o711 });
    const files = watch(dir, { signal: AbortSignal.timeout(20_000) });
    const owner = spawnOwner(dir);
    for await (const { filename } of files) if (/^(data|new-)/.test(filename ?? '')) break;
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    expect(existsSync(path.join(dir, 'data'))).toBe(false);
    expect(await answer(await started(dir), 'SELECT 1')).toBe(1);
  });

  it('says why when it cannot start', async () => {
    await expect(
      startPostgres({ dir: path.join(root, 'wrong'), settings: { shared_buffers: 'plenty' } }),
    ).rejects.toThrow(/shared_buffers/);
    await started(path.join(root, 'wrong'));
  });
});
