import type {
  Bilingual,
  Check,
  ClockKind,
  Colour,
  Convention,
  LimitKind,
  SuspensionGround,
} from './codes.ts';

/** What codes are called where people read them. */
export const clockNames: Readonly<Record<ClockKind, Bilingual>> = {
  case: { zh: '办件', en: 'Case' },
  stage: { zh: '阶段', en: 'Stage' },
  step: { zh: '环节', en: 'Step' },
  procedure: { zh: '特别程序', en: 'Special procedure' },
  preAcceptance: { zh: '网上预受理', en: 'Online pre-acceptance' },
  correctionNotice: { zh: '补正告知', en: 'Correction notice' },
  consultation: { zh: '征求意见', en: 'Consultation' },
  certificate: { zh: '制证发证', en: 'Certificate' },
  complaint: { zh: '投诉', en: 'Complaint' },
  informationRequest: { zh: '依申请公开', en: 'Request for information' },
  warningReply: { zh: '预警回复', en: 'Reply to a warning' },
  obligation: { zh: '待处理事项', en: 'Obligation' },
};

export const colourNames: Readonly<Record<Colour, Bilingual>> = {
  warning: { zh: '预警', en: 'Warning' },
  yellow: { zh: '黄牌', en: 'Yellow card' },
  red: { zh: '红牌', en: 'Red card' },
};

export const limitNames: Readonly<Record<LimitKind, Bilingual>> = {
  promised: { zh: '承诺时限', en: 'promised limit' },
  statutory: { zh: '法定时限', en: 'statutory limit' },
};

export const conventionNames: Readonly<Record<Convention, Bilingual>> = {
  started: { zh: '收件当日计为第一日', en: 'the day of receipt is day one' },
  elapsed: { zh: '满一个工作日计为一日', en: 'a day counts once it has passed' },
};

export const groundNames: Readonly<Record<SuspensionGround, Bilingual>> = {
  hearing: { zh: '听证', en: 'Hearing' },
  tender: { zh: '招标', en: 'Tender' },
  auction: { zh: '拍卖', en: 'Auction' },
  inspection: { zh: '检验', en: 'Inspection' },
  testing: { zh: '检测', en: 'Testing' },
  quarantine: { zh: '检疫', en: 'Quarantine' },
  appraisal: { zh: '鉴定', en: 'Appraisal' },
  expertReview: { zh: '专家评审', en: 'Expert review' },
  thirdPartyConsultation: { zh: '征求第三方意见', en: 'Consultation of a third party' },
  concluded: { zh: '办结后重新办理', en: 'Concluded, then reopened' },
};

export const checkNames: Readonly<Record<Check, Bilingual>> = {
  closedWithoutReason: { zh: '办结未说明理由', en: 'Closed without a reason' },
  materialsIncomplete: { zh: '材料不齐', en: 'Materials incomplete' },
  chargedThoughFree: { zh: '不应收费而收费', en: 'Charged though free' },
  notChargedThoughChargeable: { zh: '应收费而未收费', en: 'Not charged though chargeable' },
  resultBeforeApplication: { zh: '结果早于申请', en: 'Result before application' },
  secondCorrection: { zh: '二次补正', en: 'Second correction' },
  acceptedAfterClose: { zh: '办结后受理', en: 'Accepted after close' },
  stepCountUnlikeCatalogue: { zh: '环节数量不符', en: 'Number of steps unlike the catalogue' },
  stepOrderUnlikeCatalogue: { zh: '环节顺序不符', en: 'Order of steps unlike the catalogue' },
  stepTimesIllogical: { zh: '环节时间不合逻辑', en: 'Step times illogical' },
  stepLateTotalInTime: { zh: '环节超时而总时限未超', en: 'Step late while the total is in time' },
  notEnteredOnline: { zh: '未在网上办理', en: 'Not entered online' },
  backDatedEntry: { zh: '补录', en: 'Back-dated entry' },
};

/** What the points are called in which judgements of one cause differ; the others go by their path. */
export const pointNames: Readonly<Record<string, Bilingual>> = {
  'cause.rule': { zh: '规则', en: 'Rule' },
  colour: { zh: '颜色', en: 'Colour' },
  dueAt: { zh: '达到规则的时刻', en: 'When the threshold was reached' },
  judgedAt: { zh: '判定时刻', en: 'Judged at' },
  frontier: { zh: '所据事件', en: 'Events known' },
  rules: { zh: '规则包版本', en: 'Rule pack version' },
  calendar: { zh: '日历版本', en: 'Calendar version' },
  convention: { zh: '计日口径', en: 'Counting convention' },
  daysCounted: { zh: '已计日数', en: 'Days counted' },
  notHere: { zh: '本级未收到的依据', en: 'Named and not received here' },
  'accountable.unit.tier': { zh: '责任层级', en: 'Accountable tier' },
  'accountable.unit.department': { zh: '责任部门', en: 'Accountable department' },
  'accountable.step': { zh: '责任环节', en: 'Accountable step' },
  'accountable.person': { zh: '经办人', en: 'Accountable person' },
  'reckoning.limitDays': { zh: '时限日数', en: 'Days of the limit' },
  'reckoning.count': { zh: '到期时的计数', en: 'The count when due' },
  'reckoning.receivedAt': { zh: '起始时刻', en: 'Received at' },
  'reckoning.countsFrom': { zh: '起算时刻', en: 'Counts from' },
  'reckoning.extensions': { zh: '延长', en: 'Extensions' },
  'reckoning.suspensions': { zh: '中止计时', en: 'Suspensions' },
  'reckoning.check': { zh: '所查事项', en: 'What was checked' },
  'reckoning.evidence': { zh: '依据事件', en: 'Evidence' },
};
