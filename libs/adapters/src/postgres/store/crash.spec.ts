import { type Recorded, start } from '@liandong/application';
import type { TierCode } from '@liandong/kernel';
import { afterAll, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { startPostgres } from '../server/start-postgres.ts';
import { createTierDatabase } from '../server/tier-database.ts';
import { postgresEventStore } from './event-store.ts';
import { openPool } from './pool.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'liandong-crash-'));
const processes: ChildProcess[] = [];
let server = await startPostgres({ dir });

afterAll(async () => {
  for (const child of processes) child.kill('SIGKILL');
  await server.stop();
  rmSync(dir, { recursive: true, force: true });
});

/** A process that writes; `acknowledged` grows by `position hash` of every event it was promised. */
const writer = (url: string) => {
  const script = path.join(import.meta.dirname, '../../../test/writer.ts');
  const child = spawn(process.execPath, ['--conditions=@liandong/source', script, url, '6'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  processes.push(child);
  const acknowledged: string[] = [];
  let heard = () => {};
  createInterface({ input: child.stdout }).on('line', (line) => {
    acknowledged.push(line);
    heard();
  });
  const exit = once(child, 'exit');
  return {
    acknowledged,
    more: (count: number): Promise<void> => {
      const goal = acknowledged.length + count;
      return new Promise((resolve) => (heard = () => void (acknowledged.length >= goal && resolve())));
    },
    finish: async () => {
      child.stdin.end();
      const [code] = (await exit) as [number | null];
      expect(code).toBe(0);
    },
  };
};

it('keeps what it acknowledged to several processes through kill -9 of the server, once, and a follower misses nothing', async () => {
  const tier = await createTierDatabase(server, '431000' as TierCode);
  const pool = openPool(tier.urls.audit);
  const store = postgresEventStore({ pool, rereadMilliseconds: 500 });
  const followed: Recorded[] = [];
  let goal = Infinity;
  const watch = new AbortController();
  const follower = (async () => {
    for await (const page of store.follow(start, { limit: 200, signal: watch.signal })) {
      followed.push(...page);
      if (followed.length >= goal) watch.abort();
    }
  })();

  const writers = [tier.urls.approval, tier.urls.exchange, tier.urls.approval].map(writer);
  for (let crash = 0; crash < 3; crash++) {
    await Promise.all(writers.map(({ more }) => more(150)));
    await server.kill9();
    server = await startPostgres({ dir });
  }
  await Promise.all(writers.map(({ more }) => more(50)));
  await Promise.all(writers.map(({ finish }) => finish()));

  const stored = await store.readAll(start, 1_000_000);
  const acknowledged = writers.flatMap((each) => each.acknowledged);
  expect(acknowledged.length).toBeGreaterThan(1_500);
  const asStored = stored.map(({ position, hash }) => `${position} ${hash}`);
  const missing = new Set(acknowledged).difference(new Set(asStored));
  expect([...missing]).toEqual([]);
  expect(new Set(acknowledged).size).toBe(acknowledged.length);
  // Every call was repeated until it was acknowledged, so what is stored is that and nothing else.
  expect(asStored).toHaveLength(acknowledged.length);
  expect(new Set(stored.map(({ hash }) => hash)).size).toBe(stored.length);
  expect(stored.every(({ position }, n) => position === BigInt(n + 1))).toBe(true);
  expect((await store.seals(stored)).every((seal) => seal !== undefined)).toBe(true);

  goal = stored.length;
  if (followed.length >= goal) watch.abort();
  await follower;
  expect(followed.map(({ position, hash }) => `${position} ${hash}`)).toEqual(asStored);
  await pool.end();
}, 120_000);
