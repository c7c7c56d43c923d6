/** A text people read: mainland Simplified Chinese first, English second. */
export type Bilingual = { readonly zh: string; readonly en: string };

/** What runs against a limit. */
export const clockKinds = [
  'case',
  'stage',
  'step',
  'procedure',
  'preAcceptance',
  'correctionNotice',
  'consultation',
  'certificate',
  'complaint',
  'informationRequest',
  'warningReply',
  'obligation',
] as const;
export type ClockKind = (typeof clockKinds)[number];

/** 預警, 黃牌, 紅牌. */
export const colours = ['warning', 'yellow', 'red'] as const;
export type Colour = (typeof colours)[number];

/** 承諾時限, 法定時限: run side by side. */
export const limitKinds = ['promised', 'statutory'] as const;
export type LimitKind = (typeof limitKinds)[number];

/** How supervision counts: `started` gives the first day the number 1, `elapsed` the number 0. */
export const conventions = ['started', 'elapsed'] as const;
export type Convention = (typeof conventions)[number];

/** Why a clock may stand still (行政許可法 45; 政府信息公開條例 32), and the one rest that is no procedure. */
export const suspensionGrounds = [
  'hearing',
  'tender',
  'auction',
  'inspection',
  'testing',
  'quarantine',
  'appraisal',
  'expertReview',
  'thirdPartyConsultation',
  'concluded',
] as const;
export type SuspensionGround = (typeof suspensionGrounds)[number];
export type ProcedureGround = Exclude<SuspensionGround, 'thirdPartyConsultation' | 'concluded'>;

/** 1 退回, 2 作廢, 3 刪除, 4 轉報, 5 補正不來, 0 出證, 6 辦結, as the profile codes them; `rejected` is 不予受理, `withdrawn` the applicant's own act. */
export const endings = ['0', '1', '2', '3', '4', '5', '6', 'rejected', 'withdrawn'] as const;
export type Ending = (typeof endings)[number];

/** What a rule may find in the facts themselves, without a clock. */
export const checks = [
  'closedWithoutReason',
  'materialsIncomplete',
  'chargedThoughFree',
  'notChargedThoughChargeable',
  'resultBeforeApplication',
  'secondCorrection',
  'acceptedAfterClose',
  'stepCountUnlikeCatalogue',
  'stepOrderUnlikeCatalogue',
  'stepTimesIllogical',
  'stepLateTotalInTime',
  'notEnteredOnline',
  'backDatedEntry',
] as const;
export type Check = (typeof checks)[number];
