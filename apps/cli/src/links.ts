import type { Json } from './http.ts';
import { actedAt, asked, type Command, rows } from './command.ts';
import { Complaint } from './complaint.ts';
import { table } from './table.ts';

export const links: Command = {
  usage: '[--tier <code>]',
  zh: '链路：滞后与缺口',
  en: 'links: lag and gaps',
  run: async (context) => {
    const json = await Promise.all(
      asked(context).map((at) => context.client.get(`${at.exchange}/links`, 'operator', at)),
    );
    return { json, text: json.map(linksText).join('\n\n') };
  },
};

export const linksResume: Command = {
  usage: '<peer> --tier <code>',
  zh: '查明原因后恢复已停止的链路',
  en: 'let a stopped link run again',
  run: async (context, peer) => {
    const at = actedAt(context);
    const url = `${at.exchange}/links/${tierNamed(peer)}/resume`;
    const json = await context.client.post(url, 'operator', at, {});
    return { json, text: `${at.tier} ↔ ${peer}：已恢复 · runs again` };
  },
};

export const parkedList: Command = {
  usage: '[--tier <code>]',
  zh: '搁置的事件',
  en: 'events that wait for an operator',
  run: async (context) => {
    const json = await Promise.all(
      asked(context).map(async (at) => ({
        tier: at.tier,
        parked: rows(await context.client.get(`${at.exchange}/parked`, 'operator', at)),
      })),
    );
    const text = table(
      ['层级 tier', '作者 author', '序号 number', '类型 type', '原因 reason', '自 since'],
      json.flatMap(({ tier, parked }) =>
        parked.map((row) => [tier, row['author'], row['number'], row['type'], row['reason'], row['since']]),
      ),
    );
    return { json, text };
  },
};

export const parkedRedrive: Command = {
  usage: '[<author> <number>] --tier <code>',
  zh: '重新处理：全部，或指明的一个',
  en: 'try parked events again: all, or one',
  run: async (context, author, number) => {
    const at = actedAt(context);
    const only = author === undefined ? {} : { author: tierNamed(author), number: numberIn(number) };
    const json = await context.client.post(`${at.exchange}/parked/redrive`, 'operator', at, only);
    const text = table(
      ['作者 author', '序号 number', '结果 outcome', '原因 reason'],
      rows(json).map((row) => [row['author'], row['number'], row['outcome'], row['reason']]),
    );
    return { json, text };
  },
};

const tierNamed = (text: string | undefined): string => {
  if (text !== undefined && /^(\d{6}|\d{9})$/.test(text)) return text;
  throw new Complaint(
    `${text ?? '（空）'} 不是层级代码\n${text ?? '(nothing)'} is no tier: a division code of 6 or 9 digits.`,
  );
};

const numberIn = (text: string | undefined): number => {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 1) return number;
  throw new Complaint(
    `${text ?? '（空）'} 不是序号\n${text ?? '(nothing)'} is no number: parked list shows author and number.`,
  );
};

const linksText = (report: Json): string => {
  const of = (name: string) => (report[name] ?? []) as readonly Json[];
  const drained = report['drained'] === true ? '已清空 drained' : '有积压 behind';
  return [
    `${report['tier']}  ${drained}  等待 waiting ${report['waiting']}  搁置 parked ${report['parked']}`,
    table(
      ['相邻 peer', '方向 direction', '已连接 connected', '自 since', '停止 stopped'],
      of('links').map((link) => [
        link['peer'],
        link['direction'],
        link['connected'],
        link['since'],
        link['stopped'],
      ]),
    ),
    table(
      ['发往 to', '末号 head', '下一跳已收 acked', '终点已收 delivered', '滞后 lag'],
      of('outgoing').map((feed) => [
        feed['destination'],
        feed['head'],
        feed['acked'],
        feed['delivered'],
        feed['lag'],
      ]),
    ),
    table(
      ['来自 from', '末号 head', '已收 received', '滞后 lag', '等待 waiting', '搁置 parked'],
      of('incoming').map((feed) => [
        feed['author'],
        feed['head'] ?? '?',
        feed['received'],
        feed['lag'] ?? '?',
        feed['waiting'],
        feed['parked'],
      ]),
    ),
  ].join('\n');
};
