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
      [
        '相邻 peer',
        '方向 direction',
        '已连接 connected',
        '自 since',
        '上次结束 last end',
        '停止 stopped',
        'Kafka',
      ],
      of('links').map((link) => [
        link['peer'],
        link['direction'],
        link['connected'],
        link['since'],
        link['lastEnd'],
        link['stopped'],
        laneText(link['lane'] as Json | undefined),
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
      [
        '来自 from',
        '末号 head',
        '已收 received',
        '滞后 lag',
        '等待 waiting',
        '暂存 parked',
        '账本 ledger',
        '最近心跳 heard',
      ],
      of('incoming').map((feed) => [
        feed['author'],
        feed['head'] ?? '?',
        feed['received'],
        feed['lag'] ?? '?',
        feed['waiting'],
        feed['parked'],
        feed['checkpoint'] ?? '?',
        feed['heardAt'] ?? '?',
      ]),
    ),
    ...alarmsText(of('alarms')),
    ...ledgerText(report['ledger'] as Json | undefined),
    ...incidentsText(of('incidents')),
  ].join('\n');
};

const alarmsText = (alarms: readonly Json[]): readonly string[] =>
  alarms.length === 0
    ? []
    : [
        table(
          ['告警 alarm', '层级 tier', '自 since', '说明 detail'],
          alarms.map((each) => [each['code'], each['tier'], each['since'], each['detail']]),
        ),
      ];

const ledgerText = (ledger: Json | undefined): readonly string[] => {
  if (ledger === undefined) return [];
  const anchored = ledger['anchored'] as Json | undefined;
  const frozen = ledger['frozen'] === true ? '  已冻结：出现两个历史 frozen: two histories' : '';
  return [
    `账本 ledger ${shown(ledger['origin'])}  ${ledgerStateText(ledger)}  已锚定 anchored ${shown(anchored?.['size'] ?? 0)}${frozen}`,
  ];
};

/** Why nothing is signed, where nothing is, and what to do about it. */
const ledgerStateText = (ledger: Json): string => {
  const [size, known] = [shown(ledger['size']), shown(ledger['known'])];
  switch (ledger['state']) {
    case 'sealing':
      return `已签 signed ${size}`;
    case 'unwitnessed':
      return `暂不签名：仅 ${shown(ledger['answers'])} 个见证应答，需 ${shown(ledger['needed'])} 个；请恢复见证 not signing: ${shown(ledger['answers'])} witnesses answer, ${shown(ledger['needed'])} must; bring them back`;
    case 'behind':
      return `拒绝签名：本库仅有 ${size} 条，见证见过 ${known} 条，疑为旧备份；请恢复到最新提交，或用 ledger recover 从其他层级取回 refusing to sign: the store holds ${size}, a witness has seen ${known}: an old backup; restore to the last commit, or get the rest back with ledger recover`;
    case 'parted':
      return `拒绝签名：本库前 ${known} 条与见证所见不同，恢复旧备份后又写入过；保留现场 refusing to sign: the first ${known} are not those a witness has seen: an old backup was written on; keep it as it is`;
    case 'damaged':
      return `停止签名：${shown(ledger['damage'])}，所存与所签不符；保留现场 not signing: what is stored is not what was signed; keep it as it is`;
    default:
      return `待命 ${shown(ledger['state'])}`;
  }
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

/** What the lane beside the link does; what it does not, the link does. */
const laneText = (lane: Json | undefined): string => {
  if (lane === undefined) return '';
  const works = [lane['sends'] === true ? '发 sends' : '', lane['reads'] === true ? '收 reads' : ''];
  return works.filter((each) => each !== '').join(' ') || `断 away ${shown(lane['lastEnd'] ?? '')}`.trim();
};
