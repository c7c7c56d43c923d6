import { cardCommandBodies } from '@liandong/contracts';
import { cardStatuses, colours, statusCodes } from '@liandong/domain/supervision';
import type { TierCode } from '@liandong/kernel';
import { z } from 'zod';
import { answer, openApiDocument, type Operation } from '../platform/openapi.ts';
import { assessmentOperations } from './assessment-operations.ts';
import { type CardAct, cardActs } from './card-commands.ts';
import { overviewOperations } from './overview-operations.ts';
import { DisagreementsAnswer, OversightAnswer, oversightFinding } from './oversight-answers.ts';
import { cardListQuery, cardParam, disagreementsQuery } from './requests.ts';
import { termsOperations } from './terms-operations.ts';

const tier = z.string().describe('区划代码 · Division code');
const instant = z.string().describe('UTC, RFC 3339');
const bilingual = z.strictObject({ zh: z.string(), en: z.string() });
const whole = z.record(z.string(), z.unknown());

const Accountable = z
  .strictObject({
    unit: z.strictObject({ tier, department: z.string() }),
    step: z.string().optional(),
    person: z.string().optional().describe('经办人在此办件中的化名 · A pseudonym within the case'),
  })
  .meta({ id: 'Accountable', description: '责任单位、环节、经办人 · Who is accountable' });

const oversights = z
  .array(OversightAnswer)
  .describe('本级所知的上级复算 · What superiors came to, as far as this tier knows');

const card = {
  card: z.string(),
  issuer: tier,
  status: z.enum(cardStatuses),
  code: z.enum(Object.values(statusCodes)).describe('D 待发 · Y 已发 · C 撤销 · Q 取消'),
  colour: z.enum(colours).describe('预警 · 黄牌 · 红牌'),
  rule: z.string(),
  matter: z.string(),
  dueAt: instant.describe('达到规则的时刻 · When the threshold was reached'),
  judgedAt: instant,
  issuedAt: instant.optional(),
  accountable: Accountable,
  appeal: z.enum(['none', 'open', 'accepted', 'rejected']),
  urged: z.int(),
  replies: z.int(),
  corrected: z.boolean(),
  oversight: oversightFinding,
};
export const CardAnswer = z.strictObject(card).meta({ id: 'Card', description: '监察牌 · A card' });
export const WholeCardAnswer = z.strictObject({
  ...card,
  judgement: whole.describe(
    '发牌数据，由事件重算可得同样字节 · What it says; its events give these bytes again',
  ),
  to: whole.optional(),
  corrections: z.array(whole),
  oversights,
});
export const ExplanationAnswer = z.strictObject({
  ...card,
  explanation: z.looseObject({
    title: bilingual,
    text: z.array(bilingual).describe('逐日、逐条中止、规则与出处 · Every day, every suspension, the rule'),
  }),
  oversights,
});
export const StatisticsAnswer = z.strictObject({
  items: z.array(
    z.strictObject({
      ...{ issuer: tier, department: z.string(), colour: z.enum(colours) },
      ...{ issued: z.int(), withdrawn: z.int(), standing: z.int() },
    }),
  ),
});
export const DoneAnswer = z.strictObject({
  card: z.string(),
  events: z.array(z.strictObject({ id: z.string(), type: z.string(), hash: z.string() })),
  repeated: z.boolean(),
});

const titles: Readonly<Record<CardAct, string>> = {
  issue: '发牌 · Issue a card that awaits a supervisor',
  reply: '答复 · Reply, for the accountable unit',
  appeal: '申诉 · Appeal, for the accountable unit',
  acceptAppeal: '采纳申诉并撤牌 · Accept the appeal: the card is withdrawn',
  rejectAppeal: '驳回申诉 · Reject the appeal: the card stands',
  cancel: '取消 · Cancel a card',
  urge: '督办 · Urge the unit, at its own tier or from above',
};

const onCard = z.object({ card: cardParam });
const commandOn = (name: CardAct): Operation => ({
  id: `${name}Card`,
  method: 'post',
  path: `/v1/cards/{card}/commands/${name}`,
  tag: 'commands',
  summary: titles[name],
  idempotent: true,
  params: onCard,
  body: cardCommandBodies[cardActs[name].type],
  answer: answer(DoneAnswer, '已记录 · Recorded'),
  refusals: [404, 409],
});

const health = (id: string, path: string, summary: string, refusals: readonly number[]): Operation => ({
  ...{ id, path, summary, refusals: [400, ...refusals] },
  ...{ method: 'get', tag: 'health', open: true },
  answer: answer(z.strictObject({ status: z.literal('ok') }), '正常 · Well'),
});

/** Every operation of the supervision service's HTTP door. */
export const supervisionOperations: readonly Operation[] = [
  {
    ...{ id: 'listCards', method: 'get', path: '/v1/cards', tag: 'cards' },
    summary:
      '监察牌列表：本级及下级，最近到期者在前 · The cards of this tier and of those below, latest due first',
    query: cardListQuery,
    answer: answer(
      z.strictObject({ items: z.array(CardAnswer), nextCursor: z.string().optional() }),
      '一页 · A page',
    ),
    refusals: [],
  },
  {
    ...{ id: 'countCards', method: 'get', path: '/v1/cards/statistics', tag: 'cards' },
    summary:
      '已发、已撤、有效，按层级、部门和颜色 · Issued, withdrawn and standing, by tier, department and colour',
    answer: answer(StatisticsAnswer, '统计 · The counts'),
    refusals: [],
  },
  {
    ...{ id: 'listDisagreements', method: 'get', path: '/v1/cards/disagreements', tag: 'cards' },
    summary:
      '上级复算异议：缺牌、无据、不符，最近者在前 · What superiors hold against issuers now, the latest first',
    query: disagreementsQuery,
    answer: answer(DisagreementsAnswer, '一页 · A page'),
    refusals: [],
  },
  {
    ...{ id: 'getCard', method: 'get', path: '/v1/cards/{card}', tag: 'cards' },
    summary: '一张监察牌 · A card whole',
    params: onCard,
    answer: answer(WholeCardAnswer, '监察牌 · The card'),
    refusals: [404],
  },
  {
    ...{ id: 'explainCard', method: 'get', path: '/v1/cards/{card}/explanation', tag: 'cards' },
    summary: '说明一张监察牌如何得出 · How a card came about',
    params: onCard,
    answer: answer(ExplanationAnswer, '说明 · The explanation'),
    refusals: [404, 409],
  },
  ...(Object.keys(titles) as CardAct[]).map(commandOn),
  ...overviewOperations,
  ...assessmentOperations,
  ...termsOperations,
  health('live', '/health/live', '进程存活 · The process answers', []),
  health('ready', '/health/ready', '可以监察 · The service can do its work', [503]),
];

/** The document of one tier's service. */
export const supervisionDocument = (tierCode: TierCode) =>
  openApiDocument({
    title: `联动 · 电子监察 ${tierCode} · Liandong supervision`,
    version: '1.0.0',
    description:
      '一级的电子监察接口。监察牌由事件得出，可逐日说明，只增不改。\n\nThe electronic supervision of one tier. A card follows from events, can be counted again by hand, and is only ever added to.',
    tags: [
      { name: 'cards', description: '监察牌 · Cards' },
      { name: 'commands', description: '对监察牌的操作 · What is done to cards' },
      { name: 'overview', description: '监察总览 · The overview' },
      { name: 'assessment', description: '考核 · Assessment' },
      { name: 'terms', description: '工作日历、办公时间、规则包 · What is counted by' },
      { name: 'health', description: '运行状况 · Health' },
    ],
    operations: supervisionOperations,
  });
