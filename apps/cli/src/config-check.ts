import { type ConfigProblem, parseTierConfig, problemText } from '@liandong/contracts';
import { type ServiceName, serviceNames } from '@liandong/kernel';
import path from 'node:path';
import type { Command } from './command.ts';
import { Complaint } from './complaint.ts';
import { jsonIn } from './json-file.ts';

export const configCheck: Command = {
  usage: '<tier.json> [--service <name>]',
  zh: '检查层级配置及其所指的文件、密钥与端口，列出全部问题',
  en: 'everything that is wrong with a tier’s configuration and with the files, keys and ports it names',
  runAlone: async ({ service }, file) => {
    if (file === undefined)
      throw new Complaint('请指明层级配置文件\nSay which file: config check <tier.json>');
    const problems = await problemsIn(file, servicesNamed(service));
    return {
      json: { ok: problems.length === 0, file, problems },
      text:
        problems.length === 0
          ? `✓ ${file}：没有问题 · nothing is wrong`
          : `✗ ${file}：${problems.length} 个问题 · problems\n${problems.map(problemText).join('\n')}`,
      wrong: problems.length > 0,
    };
  },
};

const problemsIn = async (
  file: string,
  services: readonly ServiceName[],
): Promise<readonly ConfigProblem[]> => {
  const parsed = parseTierConfig(jsonIn(file), path.dirname(path.resolve(file)));
  if (!parsed.ok) return parsed.refusal.problems;
  // Loaded by this command alone: it brings every service with it.
  const { tierProblems } = await import('@liandong/assembly');
  return tierProblems(parsed.value, services);
};

const servicesNamed = (name: string | undefined): readonly ServiceName[] => {
  if (name === undefined) return serviceNames;
  const service = serviceNames.find((each) => each === name);
  if (service !== undefined) return [service];
  throw new Complaint(`没有服务 ${name}\n--service ${name} is none of ${serviceNames.join(', ')}.`);
};
