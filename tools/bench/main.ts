/**
 * `npm run bench [-- --only <row>[,<row>…]] [--full] [--json <file>]`
 *
 * Everything that is compared is compared in this one run, on a PostgreSQL of its own.
 */
import type { PostgresServer } from '@liandong/adapters/postgres';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { cpuGauge } from './harness/gauge.ts';
import { measurePhysics } from './harness/physics.ts';
import { figure, judged, line, machine, tellRow } from './harness/report.ts';
import type { Bench, Row } from './harness/row.ts';
import { playRounds } from './harness/rounds.ts';
import { rows } from './rows/index.ts';
import { streamWriter } from './support/events.ts';
import { settings, startRealDisk, startSlowDisk } from './support/servers.ts';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    full: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});

const chosenRows = (): readonly Row[] => {
  if (options.only === undefined) return rows;
  return options.only.split(',').map((text) => {
    const row = rows.find(({ number }) => number === Number(text));
    if (row !== undefined) return row;
    line(
      `没有第 ${text} 行。可选 (no row ${text}; there are): ${rows.map(({ number }) => number).join(', ')}`,
    );
    process.exit(2);
  });
};

const root = path.resolve(import.meta.dirname, '../..');
const chosen = chosenRows();
mkdirSync(path.join(root, '.liandong'), { recursive: true });
const folder = mkdtempSync(path.join(root, '.liandong', 'bench-'));
chmodSync(folder, 0o711);

const began = performance.now();
const stops: (() => Promise<void>)[] = [];
const keep = (server: PostgresServer): PostgresServer => {
  // What it holds is thrown away: it need not end in good order.
  stops.push(server.kill9);
  return server;
};
let slow: ReturnType<typeof startSlowDisk> | undefined;

const end = async () => {
  for (const stop of stops.splice(0)) await stop();
  rmSync(folder, { recursive: true, force: true });
};
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    // What is under way loses its server now, and may say so to nobody.
    process.on('uncaughtException', () => {});
    void end().finally(() => process.exit(130));
  });

const bench = async (): Promise<boolean> => {
  const before = machine();
  line(
    `聯動性能对比 · Liandong benchmark · ${new Date().toISOString().slice(0, 16)}Z · ${options.full ? 'full' : 'quick'}`,
  );
  line(
    `${before.cpu}, ${before.cores} cores, ${before.memoryGiB} GiB, ${before.disk}, load ${before.load.join(' ')}`,
  );
  line(
    `Node ${before.node}, ${Object.entries(before.packages)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}`,
  );
  line(
    `PostgreSQL: fsync on, ${Object.entries(settings)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')}`,
  );

  const gauge = cpuGauge();
  const server = keep(await startRealDisk(folder));
  const sample = streamWriter().next().bytes;
  const physics = await measurePhysics(folder, server.url('postgres', 'postgres'), sample);
  line(
    `${Object.entries(physics)
      .map(([name, value]) => `${name} ${figure(value)}`)
      .join(', ')}\n`,
  );

  const given: Bench = {
    full: options.full,
    server,
    folder,
    slowServer: () =>
      (slow ??= startSlowDisk(folder).then((started) =>
        'missing' in started ? started : keep(started) && started,
      )),
    play: (cells) => playRounds(cells, { rounds: options.full ? 15 : 7, gauge }),
  };

  let sound = true;
  const raw: object[] = [];
  for (const row of chosen) {
    line(`[${row.number}] ${row.title.zh} · ${row.title.en}`);
    const started = performance.now();
    try {
      const result = await row.run(given);
      const all = result.comparisons.map(judged);
      tellRow(row, result, all, physics);
      sound &&= (result.facts ?? []).every(({ holds }) => holds);
      const seconds = (performance.now() - started) / 1000;
      raw.push({
        row: row.number,
        title: row.title.en,
        seconds,
        facts: result.facts,
        notes: result.notes,
        comparisons: all,
      });
    } catch (error) {
      sound = false;
      line(`  ✗ 出错 (failed): ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      raw.push({ row: row.number, title: row.title.en, failed: String(error) });
    }
  }
  const seconds = (performance.now() - began) / 1000;
  line(`用时 ${seconds.toFixed(0)} 秒 (seconds), load ${machine().load.join(' ')}`);
  if (options.json !== undefined)
    writeFileSync(
      options.json,
      `${JSON.stringify({ machine: before, settings, physics, seconds, rows: raw }, undefined, 2)}\n`,
    );
  return sound;
};

const sound = await bench().finally(end);
process.exit(sound ? 0 : 1);
