import { constructionItemCode } from '@liandong/adapters/reference';
import type { TierCode } from '@liandong/kernel';
import { createHash } from 'node:crypto';

/** The three tiers the joint approval runs through. */
export type Cast = { readonly city: TierCode; readonly county: TierCode; readonly township: TierCode };

type Words = { readonly zh: string; readonly en: string };

type Body = Readonly<Record<string, unknown>>;

/** One thing a person of the demonstration does at the counter of their tier. */
export type Act = Words & {
  readonly does: 'act';
  /** Names the act: run again after a crash, it finds what it recorded. */
  readonly key: string;
  readonly tier: TierCode;
  readonly person: string;
  readonly command: string;
  /** `procedure` stands for the event that started the special procedure. */
  readonly body: Body | ((known: { readonly procedure: string | undefined }) => Body);
};

/** One thing a person does about a card of the case, at the supervision of their tier, once it is there. */
export type CardAct = Words & {
  readonly does: 'card';
  readonly key: string;
  readonly tier: TierCode;
  readonly person: string;
  /** The rule that the card is about. */
  readonly rule: string;
  readonly command: string;
  readonly body: Body;
};

/** Working days of the demonstration's clock pass since the last fact of the case with a name. */
export type Pass = Words & { readonly does: 'pass'; readonly workingDays: number; readonly since: string };

export type Step = Act | CardAct | Pass;

/** Stands for a document that lies in the department's own archive; events know its hash alone. */
export const paper = (name: string): string => createHash('sha256').update(`示范文书：${name}`).digest('hex');

const supplied = (...materials: readonly string[]) => ({
  supplied: materials.map((material) => ({ material, documents: [paper(material)] })),
});

/**
 * The main job: a construction project in 桂阳县. Taken in and corrected at the county's
 * window, accepted while one material may follow, an opinion from the township and
 * determinations by county and city departments side by side, one expert review that takes
 * too long, the yellow card for it, its appeal and withdrawal, the lead's conclusion at the
 * city, delivery.
 */
export const jointApproval = ({ city, county, township }: Cast): readonly Step[] => {
  const at = (tier: TierCode, role: string, department: string) => ({
    does: 'act' as const,
    tier,
    person: `${role}-${tier}-${department}`,
  });
  const clerk = at(county, 'windowClerk', '02');
  const lead = at(city, 'leadCoordinator', '03');
  const water = (key: string, role: string) => ({
    ...{ does: 'card' as const, key, tier: county, person: `${role}-${county}-06` },
  });
  const watch = { does: 'card' as const, tier: county, person: `supervisor-${county}` };
  const determine = (step: string) => ({
    command: 'determine',
    body: { step, result: 'agree', document: paper(`${step}-determination`) },
  });

  return [
    {
      ...clerk,
      key: 'open',
      zh: '县政务服务中心窗口登记一项厂房建设的联合审批申请',
      en: 'The county window registers an application for the joint approval of a factory',
      command: 'open',
      body: {
        item: constructionItemCode,
        applicant: { kind: '2', creditworthy: true },
        township,
        details: {
          applicantName: '桂阳县宝山示范食品有限公司',
          applicantIdentity: '91431021DEM0000001',
          applicantPhone: '0735-0000000',
          matter: '年产五千吨烤烟副产品加工厂房（示范）',
        },
        ...supplied(
          'application-form',
          'business-licence',
          'project-report',
          'environmental-report',
          'soil-plan',
          'fire-design',
        ),
      },
    },
    {
      ...clerk,
      key: 'pre-accept',
      zh: '窗口预受理',
      en: 'The window pre-accepts it',
      command: 'preAccept',
      body: {},
    },
    {
      ...clerk,
      key: 'correct',
      zh: '窗口一次性告知补正：缺用地边界坐标表和现状地形图',
      en: 'One correction notice lists everything that is needed: site coordinates and topographic map',
      command: 'requireCorrection',
      body: {
        demands: [
          { material: 'site-boundary', defect: 'missing' },
          { material: 'topographic-map', defect: 'missing' },
        ],
        note: '请补交拐点坐标表和现状地形图；地形图可以容缺。',
      },
    },
    {
      ...{ does: 'pass', workingDays: 1, since: 'correctionRequired' },
      zh: '申请人准备材料',
      en: 'The applicant prepares the material',
    },
    {
      ...clerk,
      key: 'supply-boundary',
      zh: '申请人补交坐标表，地形图尚在测绘',
      en: 'The applicant supplies the coordinates; the map is still being surveyed',
      command: 'supplyMaterial',
      body: supplied('site-boundary'),
    },
    {
      ...clerk,
      key: 'accept',
      zh: '容缺受理：现状地形图承诺十个工作日内补齐，审批时限开始计算',
      en: 'Accepted with tolerance: the topographic map follows within ten working days; the clock runs',
      command: 'acceptTolerating',
      body: { materials: ['topographic-map'], days: 10, promise: paper('promise') },
    },
    {
      ...lead,
      key: 'stage-site',
      zh: '市发改局牵头开启“选址、用地和环境”阶段，三级部门并联办理',
      en: 'The city leads: the stage "site, land and environment" opens for departments of all three tiers at once',
      command: 'openStage',
      body: { stage: 'site' },
    },
    {
      ...at(township, 'reviewer', '01'),
      key: 'residents',
      zh: '乡镇踏勘现场、走访居民后出具意见：同意',
      en: 'The township gives its opinion on the site and the residents: agreed',
      command: 'giveOpinion',
      body: { step: 'residents', result: 'agree', document: paper('residents-opinion') },
    },
    {
      ...at(county, 'approver', '06'),
      key: 'expert-review',
      zh: '县水利局对水土保持方案启动特别程序：专家评审三个工作日，书面告知申请人',
      en: 'The county water bureau starts a special procedure: an expert review of the soil plan, three working days',
      command: 'startProcedure',
      body: { step: 'soil', ground: 'expertReview', days: 3, notice: paper('expert-review-notice') },
    },
    {
      ...at(city, 'approver', '05'),
      key: 'environment',
      zh: '市生态环境局以自己的名义批准环境影响报告表',
      en: 'The city ecology bureau approves the environmental report in its own name',
      ...determine('environment'),
    },
    {
      ...water('reply-warning', 'approver'),
      zh: '电子监察发出预警：特别程序距时限两日；县水利局答复',
      en: 'Supervision warns that the review must end within two days; the water bureau replies',
      rule: 'procedure.warning',
      command: 'reply',
      body: { document: paper('reply-to-warning'), note: '已催请专家组尽快出具意见。' },
    },
    {
      ...{ does: 'pass', workingDays: 3, since: 'procedureStarted' },
      zh: '专家评审超过书面告知的三个工作日',
      en: 'The experts take longer than the three working days of which the applicant was told',
    },
    {
      ...clerk,
      key: 'supply-map',
      zh: '申请人在承诺期限内补齐地形图',
      en: 'The applicant keeps the promise: the topographic map arrives in time',
      command: 'supplyMaterial',
      body: supplied('topographic-map'),
    },
    {
      ...at(county, 'approver', '04'),
      key: 'land',
      zh: '县自然资源局核发用地预审与选址意见书',
      en: 'The county land bureau issues the land and siting opinion',
      ...determine('land'),
    },
    {
      ...water('appeal', 'organHead'),
      zh: '电子监察发出黄牌：特别程序超时；县水利局申诉，评审须用的地形图由申请人后补',
      en: 'A yellow card: the special procedure is over its time; the water bureau appeals, the experts had to wait for the map',
      rule: 'procedure.yellow',
      command: 'appeal',
      body: {
        ground: 'applicantDelay',
        document: paper('appeal'),
        reasons: '专家评审所用的现状地形图系容缺材料，由申请人后补，延误不在本局。',
      },
    },
    {
      ...watch,
      key: 'accept-appeal',
      zh: '县监察员采纳申诉，撤销黄牌；发出与撤销均留痕',
      en: 'The county supervisor accepts the appeal and withdraws the card; both stay on record',
      rule: 'procedure.yellow',
      command: 'acceptAppeal',
      body: { document: paper('appeal-decision'), reasons: '地形图补交日期与申诉相符。' },
    },
    {
      ...at(county, 'approver', '06'),
      key: 'expert-review-ends',
      zh: '专家评审结束，时限恢复计算',
      en: 'The expert review ends and the clock runs again',
      command: 'endProcedure',
      body: ({ procedure }) => ({ procedure, document: paper('expert-review') }),
    },
    {
      ...at(county, 'approver', '06'),
      key: 'soil',
      zh: '县水利局批准水土保持方案',
      en: 'The county water bureau approves the soil and water plan',
      ...determine('soil'),
    },
    {
      ...at(county, 'reviewer', '07'),
      key: 'forest',
      zh: '县林业局登记省林业局的使用林地审核同意书',
      en: 'The county forestry bureau records the consent of the province, which is outside this network',
      command: 'recordExternal',
      body: { step: 'forest', result: 'agree', document: paper('forest-consent') },
    },
    {
      ...lead,
      key: 'stage-project',
      zh: '市发改局开启“核准和消防设计”阶段',
      en: 'The city opens the stage "project and fire design"',
      command: 'openStage',
      body: { stage: 'project' },
    },
    {
      ...at(city, 'approver', '03'),
      key: 'project',
      zh: '市发改局核准企业投资项目',
      en: 'The city development bureau approves the investment project',
      ...determine('project'),
    },
    {
      ...at(county, 'approver', '08'),
      key: 'fire',
      zh: '县住建局通过消防设计审查',
      en: 'The county housing bureau passes the fire design',
      ...determine('fire'),
    },
    {
      ...{ does: 'pass', workingDays: 1, since: 'stageOpened' },
      zh: '市里汇总各机关决定',
      en: 'The city gathers the determinations',
    },
    {
      ...lead,
      key: 'conclude',
      zh: '市发改局办结，出具联合审批意见书',
      en: 'The lead concludes the case and issues the joint approval letter',
      command: 'conclude',
      body: { result: '0', document: paper('joint-approval-letter') },
    },
    {
      ...clerk,
      key: 'deliver',
      zh: '县窗口将结果送达申请人',
      en: 'The county window delivers the result to the applicant',
      command: 'deliver',
      body: { channel: '1', document: paper('delivery-receipt') },
    },
  ];
};
