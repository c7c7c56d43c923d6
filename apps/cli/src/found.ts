import {
  type ConfigRefusal,
  loadTierConfig,
  parseNetworkPlan,
  parseTierFounding,
  problemText,
} from '@liandong/contracts';
import type { Result } from '@liandong/kernel';
import path from 'node:path';
import type { Command } from './command.ts';
import { Complaint } from './complaint.ts';
import { jsonIn } from './json-file.ts';

export const networkFound: Command = {
  usage: '<plan.json> --out <folder> [--engine <name>]',
  zh: '按规划生成各层级与见证的配置、密钥和见证策略文件；已有的密钥保留',
  en: 'write the files of every tier and witness: configuration, keys, policies; keys that are there are kept',
  runAlone: async ({ out, engine }, file) => {
    if (file === undefined || out === undefined)
      throw new Complaint(
        '请指明规划文件与输出目录\nSay which plan and where to: network found <plan.json> --out <folder>',
      );
    const plan = must(file, parseNetworkPlan(jsonIn(file)));
    if (engine !== undefined && !Object.hasOwn(plan.engines, engine)) {
      const known = Object.keys(plan.engines).join(', ');
      throw new Complaint(
        `规划中没有引擎 ${engine}\nThe plan has no engine ${engine}: it knows ${known || 'none'}.`,
      );
    }
    const { foundNetworkFiles } = await import('@liandong/assembly');
    const files = complaining(() => foundNetworkFiles(path.resolve(out), plan, engine));
    return {
      json: { network: plan.network, files },
      text: [
        `网络 ${plan.network} 的文件已写入 · founded in ${out}`,
        ...files.map((each) => `  ${each}`),
      ].join('\n'),
    };
  },
};

export const tierPrepare: Command = {
  usage: '<directory.json> --config <tier.json>',
  zh: '在数据库服务器上建立层级的库、角色与名录；可重复执行',
  en: 'make a tier’s database, roles and directory on its server; may be repeated',
  runAlone: async ({ config: file }, directory) => {
    if (file === undefined || directory === undefined)
      throw new Complaint(
        '请指明名录文件与层级配置\nSay which directory and which tier: tier prepare <directory.json> --config <tier.json>',
      );
    const founding = must(directory, parseTierFounding(jsonIn(directory)));
    const config = complaining(() => loadTierConfig(file));
    const { approval } = config.databaseUrlFiles;
    if (approval === undefined)
      throw new Complaint(`${file}: databaseUrlFiles.approval 必填 · is needed: the database is made for it`);
    const { prepareTier } = await import('@liandong/assembly');
    const { database } = await prepareTier(config, path.dirname(approval), founding);
    return {
      json: { tier: config.tier, database },
      text: `✓ ${config.tier}：数据库 ${database} 与名录已就绪 · database and directory are ready`,
    };
  },
};

const must = <Value>(file: string, parsed: Result<Value, ConfigRefusal>): Value => {
  if (parsed.ok) return parsed.value;
  const lines = parsed.refusal.problems.map(problemText);
  throw new Complaint(`${file} 有误 · is wrong:\n${lines.join('\n')}`);
};

const complaining = <Value>(work: () => Value): Value => {
  try {
    return work();
  } catch (error) {
    throw new Complaint((error as Error).message);
  }
};
