import type { Explanation } from '@liandong/domain/supervision';
import { createHash } from 'node:crypto';
import { actedAt, type Command, type Context, rows, supervisionOf } from './command.ts';
import { Complaint } from './complaint.ts';
import type { Json } from './http.ts';
import { jsonIn } from './json-file.ts';
import { tierAt, type TierAddress } from './network.ts';
import { shown, table } from './table.ts';

const colours: Readonly<Record<string, string>> = {
  warning: '预警 warning',
  yellow: '黄牌 yellow',
  red: '红牌 red',
};
const statuses: Readonly<Record<string, string>> = {
  pending: '待发 pending',
  issued: '已发 issued',
  appealed: '申诉中 appealed',
  withdrawn: '已撤销 withdrawn',
  cancelled: '已取消 cancelled',
};

const findings: Readonly<Record<string, string>> = {
  notRejudged: '尚未复算 not rejudged',
  agreed: '一致 agreed',
  disagreed: '有异议 disagreed',
};
const faults: Readonly<Record<string, string>> = {
  missing: '缺牌 missing',
  unfounded: '无据 unfounded',
  differs: '不符 differs',
};

/** A code as people read it; one that a newer service sends is shown as it came. */
const said = (words: Readonly<Record<string, string>>, code: unknown): unknown =>
  typeof code === 'string' && Object.hasOwn(words, code) ? words[code] : code;

/** The tier named, else the topmost, which knows the cards of every tier below it. */
const asked = ({ addresses, options }: Context): TierAddress => tierAt(addresses, options.tier);

export const cardList: Command = {
  usage: '[--case <id>] [--tier <code>] [--limit <n>]',
  zh: '监察牌列表，缺省为最上级所知',
  en: 'the cards a tier knows; the top tier unless named',
  run: async (context) => {
    const at = asked(context);
    const { case: matter, limit = '50' } = context.options;
    const query = new URLSearchParams({ limit, ...(matter !== undefined && { matter }) }).toString();
    const json = await context.client.get(`${supervisionOf(at)}/v1/cards?${query}`, 'supervisor', at);
    const text = table(
      [
        ...['监察牌 card', '颜色 colour', '状态 status', '上级复算 oversight', '规则 rule', '到期 due'],
        ...['责任单位 unit', '办件 matter'],
      ],
      rows(json).map((row) => [
        row['card'],
        said(colours, row['colour']),
        said(statuses, row['status']),
        said(findings, row['oversight']),
        row['rule'],
        row['dueAt'],
        unitText(row),
        row['matter'],
      ]),
    );
    return { json, text };
  },
};

const unitText = (row: Json): string => {
  const { unit, step } = row['accountable'] as {
    unit: { tier: string; department: string };
    step?: string;
  };
  return [unit.tier, unit.department, ...(step === undefined ? [] : [step])].join(' ');
};

export const cardShow: Command = {
  usage: '<card> [--tier <code>]',
  zh: '一张监察牌',
  en: 'a card whole',
  run: async (context, card) => {
    const at = asked(context);
    const json = await context.client.get(
      `${supervisionOf(at)}/v1/cards/${cardNamed(card)}`,
      'supervisor',
      at,
    );
    const text = [cardText(json), ...oversightLines(json), '', JSON.stringify(json['judgement'], null, 2)];
    return { json, text: text.join('\n') };
  },
};

const cardText = (row: Json): string =>
  [
    `${shown(row['card'])}  ${shown(said(colours, row['colour']))}  ${shown(said(statuses, row['status']))}`,
    `规则 rule: ${shown(row['rule'])}   到期 due: ${shown(row['dueAt'])}   责任单位 unit: ${unitText(row)}`,
    `办件 matter: ${shown(row['matter'])}   申诉 appeal: ${shown(row['appeal'])}   答复 replies: ${shown(row['replies'])}   督办 urged: ${shown(row['urged'])}`,
  ].join('\n');

export const cardStatistics: Command = {
  usage: '[--tier <code>]',
  zh: '已发、已撤、有效',
  en: 'issued, withdrawn, standing',
  run: async (context) => {
    const at = asked(context);
    const json = await context.client.get(`${supervisionOf(at)}/v1/cards/statistics`, 'supervisor', at);
    const text = table(
      ['层级 tier', '部门 department', '颜色 colour', '已发 issued', '已撤 withdrawn', '有效 standing'],
      rows(json).map((row) => [
        row['issuer'],
        row['department'],
        said(colours, row['colour']),
        ...[row['issued'], row['withdrawn'], row['standing']],
      ]),
    );
    return { json, text };
  },
};

export const explain: Command = {
  usage: '<card> [--tier <code>]',
  zh: '逐日说明一张监察牌如何得出',
  en: 'how a card came about: every counted day, every suspension, the rule',
  run: async (context, card) => {
    const at = asked(context);
    const url = `${supervisionOf(at)}/v1/cards/${cardNamed(card)}/explanation`;
    const json = await context.client.get(url, 'supervisor', at);
    const { title, text } = json['explanation'] as Explanation;
    const lines = text.flatMap(({ zh, en }) => [`  ${zh}`, `      ${en}`]);
    const above = oversightLines(json);
    return { json, text: [cardText(json), '', `${title.zh} · ${title.en}`, ...lines, ...above].join('\n') };
  },
};

/** What superiors came to that judged the same clock, point by point. */
const oversightLines = (json: Json): readonly string[] =>
  ((json['oversights'] ?? []) as readonly Json[]).flatMap((one) => {
    const fault = one['found'] === undefined ? '' : `：${shown(said(faults, one['found']))}`;
    return [
      `上级复算 oversight ${shown(one['overseer'])}: ${shown(said(findings, one['finding']))}${fault}`,
      ...differenceLines(one),
    ];
  });

const differenceLines = (one: Json): readonly string[] =>
  (one['differences'] as readonly Json[]).map((difference) => {
    const { zh, en } = difference['name'] as { zh: string; en: string };
    const [issued, expected] = [difference['issued'] ?? '—', difference['expected'] ?? '—'];
    return `  ${zh} ${en}: 发牌方 issuer ${shown(issued)} · 复算 expected ${shown(expected)}`;
  });

export const cardDisagreements: Command = {
  usage: '[--tier <code>] [--limit <n>]',
  zh: '上级复算异议：缺牌、无据、不符',
  en: 'what superiors hold against issuers: cards missing, unfounded or different',
  run: async (context) => {
    const at = asked(context);
    const query = new URLSearchParams({ limit: context.options.limit ?? '50' }).toString();
    const json = await context.client.get(
      `${supervisionOf(at)}/v1/cards/disagreements?${query}`,
      'supervisor',
      at,
    );
    const lines = rows(json).flatMap((one) => [
      `${shown(one['overseer'])} → ${shown(one['issuer'])}  ${shown(said(faults, one['found']))}  ${shown(one['rule'])}  ${shown(one['card'])}  ${shown(one['matter'])}`,
      ...differenceLines(one),
    ]);
    return { json, text: lines.length === 0 ? '无异议 none' : lines.join('\n') };
  },
};

const acts: Readonly<Record<string, { readonly zh: string; readonly role: string }>> = {
  issue: { zh: '发牌', role: 'supervisor' },
  reply: { zh: '答复', role: 'organHead' },
  appeal: { zh: '申诉', role: 'organHead' },
  acceptAppeal: { zh: '采纳申诉，撤牌', role: 'supervisor' },
  rejectAppeal: { zh: '驳回申诉', role: 'supervisor' },
  cancel: { zh: '取消', role: 'supervisor' },
  urge: { zh: '督办', role: 'supervisor' },
};

/** The same words on the same card are said once. */
const keyOf = (card: string, act: string, body: Json): string =>
  `${act}-${createHash('sha256')
    .update(JSON.stringify([card, body]))
    .digest('hex')
    .slice(0, 32)}`;

export const cardGive: Command = {
  usage: `<card> <${Object.keys(acts).join('|')}> <file> --tier <code>`,
  zh: '对监察牌办理一项，内容在 JSON 文件中',
  en: 'act on a card: what is said stands in a file of JSON, {} for nothing',
  run: async (context, asked, act, file) => {
    const card = cardNamed(asked);
    if (act === undefined || !Object.hasOwn(acts, act) || file === undefined)
      throw new Complaint(
        `请写明办理事项和文件：${Object.keys(acts).join('、')}\nAn act or a file is missing: ${Object.keys(acts).join(', ')}`,
      );
    const at = actedAt(context);
    const body = jsonIn(file) as Json;
    const url = `${supervisionOf(at)}/v1/cards/${card}/commands/${act}`;
    const json = await context.client.post(url, acts[act]?.role ?? '', at, body, keyOf(card, act, body));
    const events = ((json['events'] ?? []) as readonly Json[]).map(
      ({ type, hash }) => `  ${shown(type)}  ${shown(hash)}`,
    );
    return { json, text: [`${card}：${acts[act]?.zh ?? act} ${act}`, ...events].join('\n') };
  },
};

const cardNamed = (text: string | undefined): string => {
  if (text !== undefined && /^card-(?:\d{6}|\d{9})\.[0-9a-f]{32}$/.test(text)) return text;
  throw new Complaint(
    text === undefined
      ? '缺少监察牌标识，见 cards list\nThe id of the card is missing: cards list shows them.'
      : `${text} 不是监察牌标识\n${text} is no card: it is card-, a division code, a dot and 32 hex digits.`,
  );
};
