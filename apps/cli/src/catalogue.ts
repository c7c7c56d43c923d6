import { writeFileSync } from 'node:fs';
import { type GuideFile, guidePage, guideText } from '@liandong/application';
import { uniformityAspects } from '@liandong/domain/catalogue';
import { actedAt, asked, type Command } from './command.ts';
import { Complaint } from './complaint.ts';
import type { Json } from './http.ts';
import { table } from './table.ts';

export const guide: Command = {
  usage: '<item> --tier <code> [--version <n>] [--diff v1..v2] [--out <file>]',
  zh: '办事指南：打印、比较版本、看可读性',
  en: 'the guide of an item: to print, with what changed, and how well it reads',
  run: async (context, item) => {
    if (item === undefined || !/^[0-9A-Za-z]{1,50}$/.test(item))
      throw new Complaint('请写明事项编码\nThe code of the item is missing, or it is none.');
    const at = actedAt(context);
    const { version, diff, out } = context.options;
    const query = new URLSearchParams({
      ...(version !== undefined && { version }),
      ...(diff !== undefined && { diff }),
    }).toString();
    const url = `${at.approval}/v1/items/${item}/guide${query === '' ? '' : `?${query}`}`;
    const json = await context.client.get(url, 'auditor', at);
    const file = json as unknown as GuideFile;
    if (out === undefined) return { json, text: guideText(file) };
    writeFileSync(out, guidePage(file));
    return { json, text: `已写入 written: ${out}` };
  },
};

const aspectNames: Readonly<Record<(typeof uniformityAspects)[number], string>> = {
  legalBasis: '依据 basis',
  standard: '标准 standard',
  procedure: '程序 procedure',
  fees: '收费 fees',
};

export const uniformity: Command = {
  usage: '[--tier <code>]',
  zh: '标准化率与偏差',
  en: 'how uniform the items are, and where they drift',
  run: async (context) => {
    const [first] = asked(context);
    if (first === undefined) return { json: null, text: '（无 none）' };
    const of = context.options.tier === undefined ? '' : `?tier=${first.tier}`;
    // Without a tier the topmost is asked: it knows every tier below it.
    const json = await context.client.get(`${first.approval}/v1/uniformity${of}`, 'auditor', first);
    return { json, text: uniformityText(json) };
  },
};

const uniformityText = (json: Json): string => {
  const of = (name: string) => (json[name] ?? []) as readonly Json[];
  const rates = table(
    ['层级 tier', '一致/比较 uniform/compared', ...uniformityAspects.map((aspect) => aspectNames[aspect])],
    of('tiers').map((each) => {
      const uniformIn = each['uniformIn'] as Json;
      return [
        each['tier'],
        `${String(each['uniform'])}/${String(each['compared'])}`,
        ...uniformityAspects.map((aspect) => uniformIn[aspect]),
      ];
    }),
  );
  const drifts = table(
    ['层级 tier', '事项 item', '方面 aspect', '何处 place', '偏差 drift'],
    of('drifting').flatMap((each) =>
      (each['drifts'] as readonly Json[]).map((drift) => [
        each['tier'],
        each['item'],
        aspectNames[drift['aspect'] as (typeof uniformityAspects)[number]],
        drift['place'],
        drift['kind'],
      ]),
    ),
  );
  return `${rates}\n\n${drifts}`;
};

const parts: readonly (readonly [string, string])[] = [
  ['departments', '部门 departments'],
  ['items', '事项 items'],
  ['processes', '流程 processes'],
  ['gathered', '职能集中 gathered'],
  ['inCenter', '进中心 in centre'],
  ['itemsInPlace', '事项到位 items'],
  ['authorityInPlace', '授权到位 authority'],
  ['staffInPlace', '人员到位 staff'],
];

export const coverage: Command = {
  usage: '[--tier <code>]',
  zh: '三全覆盖、两集中、两到位',
  en: 'coverage of each tier and department in numbers',
  run: async (context) => {
    const tiers = await Promise.all(
      asked(context).map(async (at) => {
        const url = `${at.approval}/v1/coverage?tier=${at.tier}`;
        return ((await context.client.get(url, 'auditor', at))['tiers'] ?? []) as readonly Json[];
      }),
    );
    const json = tiers.flat();
    const text = table(
      ['层级 tier', '部门 department', ...parts.map(([, title]) => title)],
      json.flatMap((each) => [
        [each['tier'], '', ...sharesOf(each['coverage'] as Json)],
        ...((each['departments'] ?? []) as readonly Json[]).map((one) => [
          each['tier'],
          (one['name'] as { zh: string }).zh,
          ...sharesOf(one['coverage'] as Json),
        ]),
      ]),
    );
    return { json, text };
  },
};

const sharesOf = (coverage: Json): readonly string[] =>
  parts.map(([name]) => {
    const { done, of } = coverage[name] as { done: number; of: number };
    return `${done}/${of}`;
  });
