import { sha256 } from '@liandong/adapters/crypto';
import { type Coverage, coverageOf, type Remnant } from '@liandong/application';
import { loadTierConfig, type TierConfig } from '@liandong/contracts';
import { readFileSync } from 'node:fs';
import type { Command, Options } from './command.ts';
import { complaining, Complaint } from './complaint.ts';
import { table } from './table.ts';

/** Searches everything a tier's configuration names for what was erased; ends with 1 if anything is left. */
export const privacyCoverage: Command = {
  usage: '--config <file> [--texts <file>]',
  zh: '查核已删除的个人信息是否仍有留存',
  en: 'whether anything erased is left in the database, the exports or the backups of a tier',
  runAlone: async (options) => {
    const config = configNamed(options);
    const texts = textsNamed(options.texts);
    const report = await searched(config, texts);
    return { json: { tier: config.tier, ...report }, text: coverageText(report), wrong: !report.ok };
  },
};

const searched = async ({ databaseUrlFiles, copies }: TierConfig, texts: readonly string[]) => {
  const { approval } = databaseUrlFiles;
  if (approval === undefined)
    throw new Complaint(
      '层级配置没有 databaseUrlFiles.approval\nThe configuration does not set databaseUrlFiles.approval.',
    );
  const { folderCopy, tableCopies } = await import('@liandong/adapters/copies');
  const { openPool, postgresDisclosures } = await import('@liandong/adapters/postgres');
  // Every service reads what is its own: between them they are to have read everything.
  const files = [approval, ...Object.values(databaseUrlFiles).filter((file) => file !== approval)];
  const pools = files.flatMap((file) =>
    file === undefined
      ? []
      : [
          openPool(
            complaining(() => readFileSync(file, 'utf8').trim()),
            { max: 1 },
          ),
        ],
  );
  const [first] = pools;
  try {
    const tombstones = first === undefined ? [] : await postgresDisclosures(first).tombstones();
    return await coverageOf({ sha256, tombstones, texts }, [
      ...(await tableCopies(pools)),
      ...copies.exports.map((folder) => folderCopy('export', folder)),
      ...copies.backups.map((folder) => folderCopy('backup', folder)),
    ]);
  } finally {
    for (const pool of pools) await pool.end();
  }
};

const configNamed = ({ config: file }: Options): TierConfig => {
  if (file === undefined)
    throw new Complaint(
      '请用 --config 指明层级配置文件\n--config <file> must name the configuration of the tier.',
    );
  return complaining(() => loadTierConfig(file));
};

/** One text a line, out of a file: what stands on a command line is seen by others and remembered. */
const textsNamed = (file: string | undefined): readonly string[] => {
  if (file === undefined) return [];
  const lines = complaining(() => readFileSync(file, 'utf8')).split('\n');
  return lines.map((line) => line.trim()).filter((line) => line !== '');
};

const coverageText = ({ ok, erased, copies, remnants, unreadable }: Coverage): string =>
  [
    `已删除字段 erased fields: ${erased}`,
    table(
      ['种类 kind', '位置 place', '已查 searched'],
      copies.map(({ kind, name, pieces }) => [kind, name, pieces]),
    ),
    ...remnants.map((remnant) => `✗ 留存 left: ${remnant.kind} ${remnant.place} ${traceText(remnant)}`),
    ...unreadable.map(({ kind, place, reason }) => `✗ 未能查核 not searched: ${kind} ${place} (${reason})`),
    ok ? '✓ 未见留存 · nothing is left' : '✗ 未通过 · not clean',
  ].join('\n');

const traceText = (remnant: Remnant): string =>
  remnant.of === 'field'
    ? `digest=${remnant.digest}`
    : `第 ${remnant.text + 1} 行文字 text ${remnant.text + 1}`;
