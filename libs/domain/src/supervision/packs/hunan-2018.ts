import type { ClockRule, DefaultLimit, FindingRule, RulePack, RuleSource } from '../rule-pack.ts';

/** What supervision in the province applied in 2018. No text of it could be read, so nothing here passes for checked. */
const practice: RuleSource = {
  text: {
    zh: '湖南省政务服务电子监察通行做法（2018年），文本未核对',
    en: 'Common practice of electronic supervision in Hunan, 2018; its text was not read',
  },
  verified: false,
};
const publicInformation2007: RuleSource = {
  text: {
    zh: '《政府信息公开条例》（2007年）第二十四条，条文未核对',
    en: 'Regulations on Open Government Information (2007), art. 24; the wording was not read',
  },
  verified: false,
};
const publicInformation2019: RuleSource = {
  text: {
    zh: '《政府信息公开条例》（2019年修订）第三十三条：自收到申请之日起二十个工作日内答复，需要延长的最长二十个工作日，征求第三方意见所需时间不计算在内',
    en: 'Regulations on Open Government Information (revised 2019), art. 33: reply within 20 working days, extended by at most 20; consulting third parties does not count',
  },
  verified: true,
};

const from = '2018-01-01';
const ofPractice = { from, source: practice, issue: 'automatic' } as const;

const clockRules: readonly ClockRule[] = [
  {
    ...ofPractice,
    id: 'case.warning',
    element: 'case',
    limit: 'promised',
    colour: 'warning',
    over: { compare: 'atLeast', days: -2 },
    text: { zh: '距承诺时限2个工作日', en: 'Two working days before the promised limit' },
  },
  {
    ...ofPractice,
    id: 'case.yellow',
    element: 'case',
    limit: 'promised',
    colour: 'yellow',
    over: { compare: 'atLeast', days: 1 },
    text: { zh: '超过承诺时限1个工作日', en: 'One working day over the promised limit' },
  },
  {
    ...ofPractice,
    id: 'case.red',
    element: 'case',
    limit: 'statutory',
    colour: 'red',
    over: { compare: 'atLeast', days: 1 },
    text: { zh: '超过法定时限1个工作日', en: 'One working day over the statutory limit' },
  },
  {
    ...ofPractice,
    id: 'procedure.warning',
    element: 'procedure',
    limit: 'promised',
    colour: 'warning',
    over: { compare: 'atLeast', days: -2 },
    text: { zh: '距特别程序时限2个工作日', en: 'Two working days before the special procedure must end' },
  },
  {
    ...ofPractice,
    id: 'procedure.yellow',
    element: 'procedure',
    limit: 'promised',
    colour: 'yellow',
    over: { compare: 'above', days: 0 },
    text: { zh: '特别程序超时', en: 'The special procedure is over its time' },
  },
  {
    ...ofPractice,
    id: 'procedure.red',
    element: 'procedure',
    limit: 'promised',
    colour: 'red',
    over: { compare: 'above', days: 1 },
    text: {
      zh: '特别程序超时1个工作日以上',
      en: 'The special procedure is more than a working day over its time',
    },
  },
  {
    ...ofPractice,
    id: 'preAcceptance.warning',
    element: 'preAcceptance',
    limit: 'promised',
    colour: 'warning',
    over: { compare: 'above', days: 0 },
    text: { zh: '网上预受理超时', en: 'The online application is not pre-accepted in time' },
  },
  {
    ...ofPractice,
    id: 'preAcceptance.yellow',
    element: 'preAcceptance',
    limit: 'promised',
    colour: 'yellow',
    over: { compare: 'above', days: 3 },
    text: {
      zh: '网上预受理超时3个工作日以上',
      en: 'Pre-acceptance is more than three working days over its time',
    },
  },
  {
    ...ofPractice,
    id: 'preAcceptance.red',
    element: 'preAcceptance',
    limit: 'promised',
    colour: 'red',
    over: { compare: 'above', days: 5 },
    text: {
      zh: '网上预受理超时5个工作日以上',
      en: 'Pre-acceptance is more than five working days over its time',
    },
  },
  {
    ...ofPractice,
    id: 'certificate.yellow',
    element: 'certificate',
    limit: 'promised',
    colour: 'yellow',
    over: { compare: 'above', days: 0 },
    text: { zh: '制证发证超时', en: 'The certificate is not issued in time' },
  },
  ...(['consultation', 'complaint'] as const).flatMap((element): readonly ClockRule[] => {
    const name =
      element === 'consultation'
        ? { zh: '征求意见', en: 'consultation' }
        : { zh: '投诉处理', en: 'complaint' };
    return [
      {
        ...ofPractice,
        id: `${element}.warning`,
        element,
        limit: 'promised',
        colour: 'warning',
        over: { compare: 'atLeast', days: -2 },
        text: {
          zh: `距${name.zh}时限2个工作日`,
          en: `Two working days before the ${name.en} must be answered`,
        },
      },
      {
        ...ofPractice,
        id: `${element}.yellow`,
        element,
        limit: 'promised',
        colour: 'yellow',
        over: { compare: 'atLeast', days: 1 },
        text: { zh: `${name.zh}超时1个工作日`, en: `The ${name.en} is one working day over its limit` },
      },
      {
        ...ofPractice,
        id: `${element}.red`,
        element,
        limit: 'promised',
        colour: 'red',
        over: { compare: 'atLeast', days: 2 },
        text: { zh: `${name.zh}超时2个工作日`, en: `The ${name.en} is two working days over its limit` },
      },
    ];
  }),
  {
    ...ofPractice,
    id: 'warningReply.yellow',
    element: 'warningReply',
    limit: 'promised',
    colour: 'yellow',
    over: { compare: 'above', days: 0 },
    text: { zh: '未按时回复预警', en: 'A warning was not answered in time' },
  },
];

const findingRules: readonly FindingRule[] = [
  {
    ...ofPractice,
    id: 'closedWithoutReason',
    check: 'closedWithoutReason',
    endings: ['1', '2', '3', 'rejected'],
    colour: 'yellow',
    text: {
      zh: '退回、作废、删除或不予受理未说明理由',
      en: 'Returned, voided, deleted or not accepted without a reason',
    },
  },
  {
    ...ofPractice,
    id: 'materialsIncomplete',
    check: 'materialsIncomplete',
    colour: 'yellow',
    text: { zh: '受理时材料不齐', en: 'Accepted although materials were missing' },
  },
  {
    ...ofPractice,
    id: 'chargedThoughFree',
    check: 'chargedThoughFree',
    colour: 'red',
    text: { zh: '不收费事项收费', en: 'Charged although the item is free' },
  },
  {
    ...ofPractice,
    id: 'notChargedThoughChargeable',
    check: 'notChargedThoughChargeable',
    colour: 'yellow',
    text: { zh: '应收费事项未收费', en: 'Not charged although the item has a fee' },
  },
  {
    ...ofPractice,
    id: 'resultBeforeApplication',
    check: 'resultBeforeApplication',
    colour: 'yellow',
    text: { zh: '办结时间早于申请时间', en: 'The result is dated before the application' },
  },
  {
    ...ofPractice,
    id: 'secondCorrection',
    check: 'secondCorrection',
    colour: 'yellow',
    text: { zh: '再次要求补正新内容', en: 'A second correction notice demanded something new' },
  },
  {
    ...ofPractice,
    id: 'acceptedAfterClose',
    check: 'acceptedAfterClose',
    colour: 'yellow',
    text: { zh: '办结之后受理', en: 'Accepted after the case was closed' },
  },
  {
    ...ofPractice,
    id: 'stepCountUnlikeCatalogue',
    check: 'stepCountUnlikeCatalogue',
    colour: 'yellow',
    text: { zh: '环节数量与目录不符', en: 'The number of steps differs from the catalogue' },
  },
  {
    ...ofPractice,
    id: 'stepOrderUnlikeCatalogue',
    check: 'stepOrderUnlikeCatalogue',
    colour: 'yellow',
    text: { zh: '环节顺序与目录不符', en: 'The order of steps differs from the catalogue' },
  },
  {
    ...ofPractice,
    id: 'stepTimesIllogical',
    check: 'stepTimesIllogical',
    colour: 'yellow',
    text: { zh: '环节时间不合逻辑', en: 'The times of a step contradict one another' },
  },
  {
    ...ofPractice,
    id: 'stepLateTotalInTime',
    check: 'stepLateTotalInTime',
    colour: 'warning',
    text: { zh: '总时限未超而环节超时', en: 'A step was late although the case was in time' },
  },
  {
    ...ofPractice,
    id: 'notEnteredOnline',
    check: 'notEnteredOnline',
    colour: 'yellow',
    text: { zh: '未进入网上系统办理', en: 'Handled outside the system' },
  },
  {
    ...ofPractice,
    id: 'backDatedEntry',
    check: 'backDatedEntry',
    hours: 24,
    facts: 3,
    colour: 'yellow',
    text: { zh: '批量补录', en: 'Back-dated bulk entry' },
  },
];

const defaults: readonly DefaultLimit[] = [
  { from, element: 'preAcceptance', limit: 'promised', days: 2, source: practice },
  { from, element: 'certificate', limit: 'promised', days: 3, source: practice },
  { from, element: 'consultation', limit: 'promised', days: 5, source: practice },
  { from, element: 'complaint', limit: 'promised', days: 5, source: practice },
  { from, element: 'warningReply', limit: 'promised', days: 2, source: practice },
  ...(['statutory', 'extension'] as const).flatMap((limit): readonly DefaultLimit[] => [
    {
      from: '2008-05-01',
      until: '2019-05-14',
      element: 'informationRequest',
      limit,
      days: 15,
      source: publicInformation2007,
    },
    { from: '2019-05-15', element: 'informationRequest', limit, days: 20, source: publicInformation2019 },
  ]),
];

export const hunan2018: RulePack = {
  id: 'hunan-2018',
  version: 1,
  name: { zh: '湖南省政务服务电子监察规则（2018）', en: 'Electronic supervision in Hunan, 2018' },
  timezone: 'Asia/Shanghai',
  receipt: 'anyTime',
  defaults,
  clockRules,
  findingRules,
};
