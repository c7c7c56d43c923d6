import { readFileSync } from 'node:fs';
import { actedAt, asked, type Command, rows, supervisionOf } from './command.ts';
import { Complaint } from './complaint.ts';
import type { Json } from './http.ts';
import { shown, table } from './table.ts';

export const assessmentList: Command = {
  usage: '[<period>] [--tier <code>]',
  zh: '考核结果',
  en: 'the scores that were published',
  run: async (context, period) => {
    const json = await Promise.all(
      asked(context).map((at) => {
        const query = new URLSearchParams({ tier: at.tier, ...(period !== undefined && { period }) });
        const url = `${supervisionOf(at)}/v1/assessments?${query.toString()}`;
        return context.client.get(url, 'supervisor', at);
      }),
    );
    const text = table(
      ['周期 period', '对象 subject', '分数 score', '申诉 appeal', '更正 corrected', '考核 assessment'],
      json
        .flatMap(rows)
        .map((row) => [
          row['period'],
          subjectText(row['subject'] as Json),
          points((row['score'] as Json)['tenths']),
          row['appeal'],
          row['corrected'],
          row['assessment'],
        ]),
    );
    return { json, text };
  },
};

export const assessmentShow: Command = {
  usage: '<assessment> --tier <code>',
  zh: '一项考核，每一分追溯到事件',
  en: 'a score, every line down to its events; wrong if the events make another one',
  run: async (context, assessment) => {
    const at = actedAt(context);
    const url = `${supervisionOf(at)}/v1/assessments/${named(assessment)}`;
    const json = await context.client.get(url, 'supervisor', at);
    return { json, text: assessmentText(json), wrong: json['stands'] !== true };
  },
};

export const assessmentPublish: Command = {
  usage: '<period> --tier <code>',
  zh: '公布一个周期的考核结果，如 202603',
  en: 'publish the scores of a period that is over, such as 202603, 2026Q1 or 2026',
  run: async (context, period) => {
    if (period === undefined || !/^\d{4}(Q[1-4]|\d{2})?$/.test(period))
      throw new Complaint('请写明周期，如 202603\nA period is missing, such as 202603, 2026Q1 or 2026.');
    const at = actedAt(context);
    const url = `${supervisionOf(at)}/v1/assessments`;
    const json = await context.client.post(url, 'supervisor', at, { period }, `publish-${period}`);
    const published = (json['assessments'] ?? []) as readonly string[];
    return { json, text: [`${period}：${published.length} 项 published`, ...published].join('\n') };
  },
};

export const assessmentAdopt: Command = {
  usage: '<file> --tier <code> --at <day>',
  zh: '采用考核办法（JSON 文件），自某日起',
  en: 'adopt a scheme from a file of JSON, from a day on',
  run: async (context, file) => {
    const { at: effectiveFrom } = context.options;
    if (file === undefined || effectiveFrom === undefined)
      throw new Complaint('请写明文件和 --at 生效日期\nA file is missing, or --at with the day it begins.');
    const at = actedAt(context);
    const url = `${supervisionOf(at)}/v1/assessment-schemes`;
    const body = { scheme: schemeIn(file), effectiveFrom };
    const json = await context.client.post(url, 'supervisor', at, body, `scheme-${effectiveFrom}`);
    return { json, text: `${at.tier}：已采用 adopted ${shown(json['subject'])}` };
  },
};

const schemeIn = (file: string): unknown => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Complaint(`读不了 ${file}\n${file} cannot be read: ${(error as Error).message}`);
  }
};

const named = (text: string | undefined): string => {
  if (text !== undefined && /^assessment-(\d{6}|\d{9})\.\d{4}(Q[1-4]|\d{2})?\.[0-9a-f]{32}$/.test(text))
    return text;
  throw new Complaint(
    `${text ?? '（空）'} 不是考核标识，见 assessment list\n${text ?? '(nothing)'} is no assessment: assessment list shows them.`,
  );
};

const points = (tenths: unknown): string => (typeof tenths === 'number' ? (tenths / 10).toFixed(1) : '');

const subjectText = ({ kind, tier, department, window, staff }: Json): string =>
  [kind, tier, department, window, staff]
    .map(shown)
    .filter((part) => part !== '')
    .join(' ');

const assessmentText = (json: Json): string => {
  const evidence = (json['evidence'] ?? []) as readonly { line: string; events: readonly Json[] }[];
  const lines = ((json['score'] as Json)['lines'] ?? []) as readonly Json[];
  return [
    `${shown(json['period'])}  ${subjectText(json['subject'] as Json)}  ${points((json['score'] as Json)['tenths'])}/100`,
    json['stands'] === true
      ? '现有事件得出同样分数 the events here make this very score'
      : `现有事件得出 the events here make ${points((json['now'] as Json | undefined)?.['tenths'])}`,
    table(
      ['项 line', '分 points', '计 counted'],
      lines.map((line) => [
        line['id'],
        points(line['tenths']),
        `${shown(line['counted'])}/${shown(line['of'])}`,
      ]),
    ),
    ...evidence.flatMap(({ line, events }) =>
      events.map((one) => `  ${line}  ${shown(one['indicator'])}  ${shown(one['event'])}`),
    ),
  ].join('\n');
};
