import { publishedYear } from '@liandong/adapters/reference';
import { createHash } from 'node:crypto';
import { actedAt, type Command, type Context, rows, supervisionOf } from './command.ts';
import { Complaint } from './complaint.ts';
import type { Json } from './http.ts';
import { jsonIn } from './json-file.ts';
import { tierAt, type TierAddress } from './network.ts';
import { shown, table } from './table.ts';

/** The tier named, else the topmost, whose calendar everybody counts by. */
const calendarAt = ({ addresses, options }: Context): TierAddress => tierAt(addresses, options.tier);

export const calendarShow: Command = {
  usage: '[--tier <code>]',
  zh: '工作日历及历次更正',
  en: 'the working days, and every correction of them',
  run: async (context) => {
    const at = calendarAt(context);
    const json = await context.client.get(`${supervisionOf(at)}/v1/calendar`, 'supervisor', at);
    const years = table(
      ['年 year', '不上班的周一至周五 weekdays off', '调休上班 weekend days worked'],
      list(json, 'years').map((year) => [
        year['year'],
        daysOf(year, 'holidays'),
        daysOf(year, 'extraWorkingDays'),
      ]),
    );
    const history = list(json, 'history').map((one) => {
      const { zh, en } = one['reason'] as { zh: string; en: string };
      return `  ${shown(one['calendar']).split('#')[0] ?? ''}  ${zh} · ${en}`;
    });
    return {
      json,
      text: [`${shown(json['city'])}  ${shown(json['calendar'])}`, years, ...history].join('\n'),
    };
  },
};

const list = (json: Json, name: string): readonly Json[] => (json[name] ?? []) as readonly Json[];
const daysOf = (year: Json, name: string): string =>
  ((year[name] ?? []) as readonly string[]).map((day) => day.slice(5)).join(' ');

export const calendarPublish: Command = {
  usage: '<year or file> [--tier <code>]',
  zh: '公布一年的工作日：年份取自国务院办公厅安排，或 JSON 文件',
  en: 'publish the working days of a year: as the State Council arranged them, or from a file of JSON',
  run: async (context, asked) => {
    const body = yearAsked(asked);
    const at = calendarAt(context);
    const url = `${supervisionOf(at)}/v1/calendar/years`;
    const json = await context.client.post(url, 'supervisor', at, body, keyOf('publish', body));
    return { json, text: `${at.tier}：已公布 published ${shown(body['year'])}` };
  },
};

const yearAsked = (asked: string | undefined): Json => {
  if (asked === undefined) throw new Complaint('请写明年份或文件\nA year or a file is missing.');
  if (!/^\d{4}$/.test(asked)) return jsonIn(asked) as Json;
  const year = publishedYear(Number(asked));
  if (year !== undefined) return { ...year, source: `国务院办公厅关于${asked}年部分节假日安排的通知` };
  throw new Complaint(
    `本版本不含 ${asked} 年的节假日安排，请用 JSON 文件\nThis release does not hold ${asked}: name a file of JSON with year, holidays, extraWorkingDays and source.`,
  );
};

export const calendarCorrect: Command = {
  usage: '<file> [--tier <code>]',
  zh: '更正已公布的一年（JSON 文件，含理由）',
  en: 'correct a published year, from a file of JSON that gives the reason',
  run: async (context, file) => {
    if (file === undefined) throw new Complaint('请写明文件\nA file is missing.');
    const { year, ...body } = jsonIn(file) as Json;
    const at = calendarAt(context);
    const url = `${supervisionOf(at)}/v1/calendar/years/${encodeURIComponent(shown(year))}/correction`;
    const json = await context.client.post(
      url,
      'supervisor',
      at,
      body,
      keyOf(`correct-${shown(year)}`, body),
    );
    return { json, text: `${at.tier}：已更正 corrected ${shown(year)}` };
  },
};

export const hoursShow: Command = {
  usage: '[--tier <code>]',
  zh: '政务服务中心办公时间',
  en: 'the hours of a service centre',
  run: async (context) => {
    const at = calendarAt(context);
    const json = await context.client.get(`${supervisionOf(at)}/v1/office-hours`, 'supervisor', at);
    const text = table(
      ['自 from', '办公时间 hours'],
      rows(json).map((row) => [
        row['effectiveFrom'],
        list(row, 'periods')
          .map(({ opens, closes }) => `${shown(opens)}–${shown(closes)}`)
          .join(' '),
      ]),
    );
    return { json, text };
  },
};

export const hoursSet: Command = {
  usage: '<opens-closes>… --tier <code> --at <day>',
  zh: '确定本级中心办公时间，如 09:00-12:00 13:00-17:00，自某日起',
  en: 'set the hours of the centre, such as 09:00-12:00 13:00-17:00, from a day on',
  run: async (context, ...asked) => {
    const { at: effectiveFrom } = context.options;
    if (effectiveFrom === undefined || asked.length === 0)
      throw new Complaint(
        '请写明办公时间和 --at 生效日期\nThe hours are missing, or --at with the day they begin.',
      );
    const periods = asked.map((text) => {
      const [opens = '', closes = ''] = text.split('-');
      return { opens, closes };
    });
    const at = actedAt(context);
    const body = { effectiveFrom, periods };
    const url = `${supervisionOf(at)}/v1/office-hours`;
    const json = await context.client.post(url, 'supervisor', at, body, keyOf('hours', body));
    return { json, text: `${at.tier}：${asked.join(' ')}，自 from ${effectiveFrom}` };
  },
};

/** The same words are done once, others are another act. */
const keyOf = (act: string, body: Json): string =>
  `${act}-${createHash('sha256').update(JSON.stringify(body)).digest('hex').slice(0, 32)}`;
