/** Code lists of GB/T 39046-2020, appendix A, with the names people read. */
type Name = { readonly zh: string; readonly en: string };
const list = <const Codes extends Readonly<Record<string, Name>>>(codes: Codes): Codes => codes;

/** A.1 事项类型 */
export const itemTypes = list({
  '00': { zh: '行政权力', en: 'Administrative power' },
  '01': { zh: '行政许可', en: 'Administrative licence' },
  '02': { zh: '行政处罚', en: 'Administrative penalty' },
  '03': { zh: '行政强制', en: 'Administrative enforcement' },
  '04': { zh: '行政征收', en: 'Administrative levy' },
  '05': { zh: '行政给付', en: 'Administrative benefit' },
  '06': { zh: '行政检查', en: 'Administrative inspection' },
  '07': { zh: '行政确认', en: 'Administrative confirmation' },
  '08': { zh: '行政奖励', en: 'Administrative reward' },
  '09': { zh: '行政裁决', en: 'Administrative adjudication' },
  '10': { zh: '其他行政权力', en: 'Other administrative power' },
  '20': { zh: '公共服务', en: 'Public service' },
});
export type ItemType = keyof typeof itemTypes;

/** A.2 行使层级 */
export const exerciseLevels = list({
  '1': { zh: '国家级', en: 'State' },
  '2': { zh: '省级', en: 'Province' },
  '3': { zh: '市级', en: 'City' },
  '4': { zh: '县级', en: 'County' },
  '5': { zh: '镇（乡、街道）级', en: 'Township' },
  '6': { zh: '村（社区）级', en: 'Village' },
  '7': { zh: '分级管理', en: 'By level' },
});
export type ExerciseLevel = keyof typeof exerciseLevels;

/** A.3 实施主体性质 */
export const bodyNatures = list({
  '1': { zh: '法定机关', en: 'Statutory organ' },
  '2': { zh: '授权组织', en: 'Authorised organisation' },
  '3': { zh: '受委托组织', en: 'Entrusted organisation' },
  '9': { zh: '其他', en: 'Other' },
});
export type BodyNature = keyof typeof bodyNatures;

/** A.4 服务对象 */
export const serviceObjects = list({
  '1': { zh: '自然人', en: 'Natural person' },
  '2': { zh: '企业法人', en: 'Enterprise' },
  '3': { zh: '事业法人', en: 'Public institution' },
  '4': { zh: '社会组织法人', en: 'Social organisation' },
  '5': { zh: '行政机关', en: 'Administrative organ' },
  '6': { zh: '其他组织', en: 'Other organisation' },
});
export type ServiceObject = keyof typeof serviceObjects;

/** A.5 办理渠道 */
export const channels = list({
  '1': { zh: '窗口', en: 'Window' },
  '2': { zh: '电脑端', en: 'Web' },
  '3': { zh: '移动端', en: 'Mobile' },
  '4': { zh: '快递', en: 'Courier' },
  '9': { zh: '其他', en: 'Other' },
});
export type Channel = keyof typeof channels;

/** A.6 办件类型 */
export const caseKindCodes = list({
  '1': { zh: '即办件', en: 'Immediate' },
  '2': { zh: '承诺件', en: 'Promised' },
  '9': { zh: '其他', en: 'Other' },
});
export type CaseKindCode = keyof typeof caseKindCodes;

/** The kinds the network distinguishes; a joint case is exported as A.6 code 9. */
export const caseKinds = list({
  immediate: { zh: '即办件', en: 'Immediate', code: '1' },
  promised: { zh: '承诺件', en: 'Promised', code: '2' },
  joint: { zh: '联办件', en: 'Joint', code: '9' },
});
export type CaseKind = keyof typeof caseKinds;

/** A.7 特别程序 */
export const specialProcedureCodes = list({
  '1': { zh: '延长审批', en: 'Extended review' },
  '2': { zh: '其他', en: 'Other' },
});
export type SpecialProcedureCode = keyof typeof specialProcedureCodes;

/** A.8 满意度 */
export const satisfactionGrades = list({
  '1': { zh: '非常满意', en: 'Very satisfied' },
  '2': { zh: '满意', en: 'Satisfied' },
  '3': { zh: '基本满意', en: 'Fairly satisfied' },
  '4': { zh: '不满意', en: 'Dissatisfied' },
  '5': { zh: '非常不满意', en: 'Very dissatisfied' },
});
export type SatisfactionGrade = keyof typeof satisfactionGrades;

/** Closing results of a case, as profile codes. */
export const closingResults = list({
  '0': { zh: '出证办结', en: 'Closed with a certificate' },
  '1': { zh: '退回办结', en: 'Closed as returned' },
  '2': { zh: '作废办结', en: 'Closed as void' },
  '3': { zh: '删除办结', en: 'Closed as deleted' },
  '4': { zh: '转报办结', en: 'Closed as forwarded to a superior' },
  '5': { zh: '补正不来办结', en: 'Closed because nothing was supplied' },
  '6': { zh: '办结', en: 'Closed' },
});
export type ClosingResult = keyof typeof closingResults;

/** Procedures whose time does not count towards the decision (行政许可法 art. 45). */
export const specialProcedures = list({
  hearing: { zh: '听证', en: 'Hearing' },
  tender: { zh: '招标', en: 'Tender' },
  auction: { zh: '拍卖', en: 'Auction' },
  inspection: { zh: '检验', en: 'Inspection' },
  testing: { zh: '检测', en: 'Testing' },
  quarantine: { zh: '检疫', en: 'Quarantine' },
  appraisal: { zh: '鉴定', en: 'Appraisal' },
  expertReview: { zh: '专家评审', en: 'Expert review' },
});
export type SpecialProcedure = keyof typeof specialProcedures;

/** How far a material is trusted before anyone has looked at it. */
export const trustLevels = list({
  A: { zh: '机关出具', en: 'Made by the authority' },
  B: { zh: '窗口核验', en: 'Verified by window staff' },
  C: { zh: '上传待核', en: 'Uploaded, to be checked' },
  D: { zh: '自制承诺', en: 'Self-made under promise' },
});
export type TrustLevel = keyof typeof trustLevels;
