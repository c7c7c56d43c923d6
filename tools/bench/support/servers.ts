import { type PostgresServer, startPostgres } from '@liandong/adapters/postgres';
import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';

/** Room for all cells, the same for all of them; the product's own default is smaller. */
export const settings = {
  shared_buffers: '256MB',
  max_wal_size: '8GB',
  checkpoint_timeout: '30min',
  max_connections: 300,
} as const;

export const startRealDisk = (folder: string): Promise<PostgresServer> =>
  startPostgres({ dir: path.join(folder, 'real'), settings });

export const addedMilliseconds = 2;

/**
 * The same server with two milliseconds added to each fdatasync, by a library loaded before
 * the C library's own. `undefined`, with the reason, where no compiler makes one.
 */
export const startSlowDisk = async (
  folder: string,
): Promise<PostgresServer | { readonly missing: string }> => {
  if (process.platform !== 'linux') return { missing: `no LD_PRELOAD on ${process.platform}` };
  const library = path.join(folder, 'slow-disk.so');
  const source = path.join(import.meta.dirname, 'slow-disk.c');
  const made = spawnSync('cc', ['-O2', '-shared', '-fPIC', '-o', library, source, '-ldl'], {
    encoding: 'utf8',
  });
  if (made.error !== undefined) return { missing: 'no C compiler (cc) on this machine' };
  if (made.status !== 0) return { missing: `cc failed: ${made.stderr.trim()}` };
  chmodSync(library, 0o755);
  const server = await startPostgres({
    dir: path.join(folder, 'slow'),
    settings,
    environment: { LD_PRELOAD: library },
  });
  await assertSlow(server);
  return server;
};

const assertSlow = async (server: PostgresServer): Promise<void> => {
  const client = new pg.Client({ connectionString: server.url('postgres', 'postgres') });
  await client.connect();
  try {
    await client.query('CREATE TABLE slow (n integer)');
    const times: number[] = [];
    for (let n = 0; n < 10; n++) {
      const began = performance.now();
      await client.query('INSERT INTO slow VALUES (1)');
      times.push(performance.now() - began);
    }
    const fastest = Math.min(...times);
    if (fastest < addedMilliseconds)
      throw new Error(`a commit on the slowed disk took ${fastest} ms: nothing was added to its fdatasync`);
  } finally {
    await client.end();
  }
};
