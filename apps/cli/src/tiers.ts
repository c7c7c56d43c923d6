import type { Json } from './http.ts';
import { asked, type Command } from './command.ts';
import { table } from './table.ts';

export const tiers: Command = {
  usage: '[--tier <code>]',
  zh: '各级',
  en: 'the tiers of the network',
  run: async (context) => {
    const json = await Promise.all(
      asked(context).map(async (at) => {
        const own = await context.client.get(`${at.approval}/v1/tier`, 'auditor', at);
        return { ...own, approval: at.approval, exchange: at.exchange };
      }),
    );
    const text = table(
      ['层级 tier', '名称 name', '级别 level', '上级 parent', '审批服务 approval', '交换服务 exchange'],
      json.map((row: Json) => {
        const { zh, en } = row['name'] as { zh: string; en: string };
        return [
          row['tier'],
          `${zh} ${en}`,
          row['level'],
          row['parent'] ?? '—',
          row['approval'],
          row['exchange'],
        ];
      }),
    );
    return { json, text };
  },
};
