import { type Dimension, dimensions, type Figure, figures } from '@liandong/domain/supervision';
import { type Command, type Context, rows, supervisionOf, tierNamed } from './command.ts';
import { Complaint } from './complaint.ts';
import type { Json } from './http.ts';
import { tierAt } from './network.ts';
import { table } from './table.ts';

const headings: Readonly<Record<Dimension, readonly string[]>> = {
  tier: ['层级 tier'],
  department: ['层级 tier', '部门 department'],
  window: ['层级 tier', '部门 department', '窗口 window'],
  staff: ['层级 tier', '部门 department', '人员 staff'],
  item: ['事项 item'],
};

export const figureNames: Readonly<Record<Figure, string>> = {
  open: '在办 open',
  dueSoon: '将到期 due soon',
  late: '超期 late',
  ended: '已结 ended',
  overPromised: '超承诺 over promised',
  overStatutory: '超法定 over statutory',
  unjudged: '待定 unjudged',
  pending: '待发 pending',
  issued: '已发 issued',
  withdrawn: '已撤 withdrawn',
  standing: '有效 standing',
  backDated: '补录 late entry',
  bulk: '集中补录 bulk',
};

const shownFigures = ['open', 'dueSoon', 'late', 'ended'] as const satisfies readonly Figure[];

/** Asks the tier named, else the topmost, which knows the work of every tier below it. */
const ask = async ({ addresses, client, options }: Context, path: string): Promise<Json> => {
  const at = tierAt(addresses, options.tier);
  const { under, limit = '200' } = options;
  const query = new URLSearchParams({ limit, ...(under !== undefined && { under: tierNamed(under) }) });
  return client.get(`${supervisionOf(at)}/v1/${path}?${query.toString()}`, 'supervisor', at);
};

export const overview: Command = {
  usage: '[<by>] [--tier <code>] [--under <code>] [--limit <n>]',
  zh: '监察总览：按 tier、department、window、staff 或 item',
  en: 'the work of a tier and of those below it in numbers, by tier unless named',
  run: async (context, by = 'tier') => {
    const dimension = dimensions.find((one) => one === by);
    if (dimension === undefined)
      throw new Complaint(`不能按 ${by} 汇总\nIt is by one of ${dimensions.join(', ')}.`);
    const json = await ask(context, `overview/${dimension}`);
    const heading = [
      ...headings[dimension],
      ...shownFigures.map((figure) => figureNames[figure]),
      '办件用时/九成 days/p90',
      '承诺 promised',
      '法定 statutory',
      '牌 发/撤/有效 cards',
      '补录/集中 late/bulk',
      '标准化 uniform',
      '覆盖 covered',
    ];
    const text = table(
      heading,
      rows(json).map((row) => lineText(dimension, row)),
    );
    return { json, text: `${text}\n\n${String(json['asOf'])}  ${String(json['terms'])}` };
  },
};

const lineText = (by: Dimension, row: Json): readonly unknown[] => {
  const counts = row['counts'] as Record<Figure, number>;
  const days = daysOfCases(row);
  return [
    ...partsOf(by, row),
    ...shownFigures.map((figure) => counts[figure]),
    days === undefined ? '' : `${inDays(days['averageTenths'])}/${inDays(days['p90Tenths'])}`,
    againstText(days?.['promised']),
    againstText(days?.['statutory']),
    `${counts.issued}/${counts.withdrawn}/${counts.standing}`,
    `${counts.backDated}/${counts.bulk}`,
    uniformText(row['uniformity']),
    coveredText(row['coverage']),
  ];
};

const partsOf = (by: Dimension, row: Json): readonly unknown[] => {
  switch (by) {
    case 'tier':
      return [row['tier']];
    case 'department':
      return [row['tier'], (row['name'] as { zh: string } | undefined)?.zh ?? row['department']];
    case 'window':
      return [row['tier'], row['department'], row['window'] ?? '—'];
    case 'staff':
      return [row['tier'], row['department'], row['staff'] ?? '—'];
    case 'item':
      return [(row['name'] as { zh: string } | undefined)?.zh ?? row['item'] ?? '—'];
  }
};

/** What is compared with limits are whole cases; steps and the rest stand in the answer. */
const daysOfCases = (row: Json): Json | undefined =>
  (row['limits'] as readonly Json[]).find(({ element }) => element === 'case')?.['days'] as Json | undefined;

const inDays = (tenths: unknown): string => (Number(tenths) / 10).toFixed(1);

/** The average limit, and how many of how many were over it. */
const againstText = (against: unknown): string => {
  if (against === undefined) return '';
  const { of, averageTenths, over } = against as Json;
  return `${inDays(averageTenths)} (超 ${String(over)}/${String(of)})`;
};

const uniformText = (uniformity: unknown): string => {
  if (uniformity === undefined) return '';
  const { compared, uniform } = uniformity as Json;
  return `${String(uniform)}/${String(compared)}`;
};

const coveredText = (coverage: unknown): string => {
  if (coverage === undefined) return '';
  const { done, of } = (coverage as Json)['items'] as Json;
  return `${String(done)}/${String(of)}`;
};

export const overviewRows: Command = {
  usage: '<figure> [--tier <code>] [--under <code>] [--limit <n>]',
  zh: '总览中一项数字背后的全部',
  en: 'what stands behind a figure of the overview, the latest first',
  run: async (context, asked) => {
    const figure = figures.find((one) => one === asked);
    if (figure === undefined) throw new Complaint(`请写明数字\nWhich figure? One of ${figures.join(', ')}.`);
    const json = await ask(context, `overview-rows/${figure}`);
    const text = table(
      [
        '时刻 at',
        '层级 tier',
        '部门 department',
        '窗口 window',
        '种类 kind',
        '环节 step',
        '来源 stream',
        '事件 event',
      ],
      rows(json).map((row) => {
        const { kind, element, colour } = row['counted'] as Json;
        return [
          ...[row['at'], row['tier'], row['department'], row['window'], element ?? colour ?? kind],
          ...[row['step'], row['stream'], row['event']],
        ];
      }),
    );
    return { json, text };
  },
};

export const overviewEvents: Command = {
  usage: '<matter> [--tier <code>]',
  zh: '一件所依据的事件',
  en: 'the events of a case or a card, as the supervision of a tier holds them',
  run: async (context, matter) => {
    if (matter === undefined || !/^(?:case-[0-9a-f]{32}|card-(?:\d{6}|\d{9})\.[0-9a-f]{32})$/.test(matter))
      throw new Complaint('请写明办件或监察牌\nWhich case or card? overview rows shows them as stream.');
    const json = await ask(context, `matters/${matter}/events`);
    const text = table(
      ['时刻 time', '录入 recorded', '类型 type', '来源 source', '事件 event'],
      rows(json).map((row) => [row['time'], row['recordedAt'], row['type'], row['source'], row['hash']]),
    );
    return { json, text };
  },
};
