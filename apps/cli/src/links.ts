import type { Json } from './http.ts';
import { actedAt, asked, type Command, tierNamed } from './command.ts';
import { shown, table } from './table.ts';

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

const linksText = (report: Json): string => {
  const of = (name: string) => (report[name] ?? []) as readonly Json[];
  const drained = report['drained'] === true ? '已清空 drained' : '有积压 behind';
  return [
    `${shown(report['tier'])}  ${drained}  等待 waiting ${shown(report['waiting'])}  暂存 parked ${shown(report['parked'])}  待交披露 owing ${shown(report['owing'] ?? 0)}`,
    table(
      ['相邻 peer', '方向 direction', '已连接 connected', '自 since', '上次结束 last end', '停止 stopped'],
      of('links').map((link) => [
        link['peer'],
        link['direction'],
        link['connected'],
        link['since'],
        link['lastEnd'],
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
      ['来自 from', '末号 head', '已收 received', '滞后 lag', '等待 waiting', '暂存 parked'],
      of('incoming').map((feed) => [
        feed['author'],
        feed['head'] ?? '?',
        feed['received'],
        feed['lag'] ?? '?',
        feed['waiting'],
        feed['parked'],
      ]),
    ),
    ...incidentsText(of('incidents')),
  ].join('\n');
};

const incidentsText = (incidents: readonly Json[]): readonly string[] =>
  incidents.length === 0
    ? []
    : [
        table(
          ['事故 incident', '来自 peer', '说明 detail', '时间 at'],
          incidents.map((each) => [each['code'], each['peer'], each['detail'], each['at']]),
        ),
      ];
