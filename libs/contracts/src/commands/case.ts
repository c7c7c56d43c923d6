import type { OpenRequest } from '@liandong/application';
import {
  type CaseCommand,
  channels,
  conclusionResults,
  rejectionGrounds,
  remedies,
  settlements,
  takeoverGrounds,
  voidGrounds,
} from '@liandong/domain/case';
import { z } from 'zod';
import {
  applicantKind,
  demands,
  document,
  follows,
  ground,
  mandate,
  overrideGround,
  round,
  stepResult,
  supplied,
  tiers,
  told,
} from '../schemas/case-parts.ts';
import { code, days, eventHash, line, optional, prose, tierCode } from '../schemas/parts.ts';
import { commandsOf } from './commands-of.ts';

/** What only a tier's own follower says, when a limit has passed. No door takes it. */
type FollowerCommand =
  | 'recordDeemedAcceptance'
  | 'recordToleranceLapse'
  | 'recordCorrectionLapse'
  | 'noteObligation'
  | 'moveDeadlines';
export type DoorCommand = OpenRequest | Exclude<CaseCommand, { readonly type: 'open' | FollowerCommand }>;

const words = (zh: string, en: string) =>
  optional(prose(2000).describe(`${zh}（不进入事件，仅存摘要） · ${en} (kept apart from the event)`));
const note = words('备注', 'A note');
const reasons = prose(4000).describe('理由（不进入事件，仅存摘要） · Reasons (kept apart from the event)');
const proof = document.describe('文书的 SHA-256，64 位十六进制 · SHA-256 of the document');
const step = code.describe('环节标识 · Id of the step');
const workingDays = days.min(1).describe('工作日 · Working days');

const details = z
  .strictObject({
    applicantName: optional(line(100).describe('姓名或名称 · Name')),
    applicantIdentity: optional(line(50).describe('证件号码 · Number of the identity document')),
    applicantPhone: optional(line(30).describe('联系电话 · Telephone')),
    applicantAddress: optional(line(300).describe('地址 · Address')),
    agentName: optional(line(100).describe('代办员姓名 · Name of the agent')),
    matter: optional(prose(2000).describe('申请内容 · What is applied for')),
  })
  .describe('个人信息，与事件分开保存，可删除 · Personal data, kept apart from the event and erasable');

const tolerate = {
  materials: z.array(code).min(1).max(100).describe('所缺材料，须全部列明 · Everything that is missing'),
  days: workingDays,
  promise: document.describe('书面承诺的 SHA-256 · SHA-256 of the written promise'),
};

const answer = z.strictObject({
  step,
  round: optional(round.describe('所见轮次，缺省为当前轮次 · The round seen; the current one if absent')),
  result: stepResult.describe('同意 · 不同意 · 转报'),
  document: proof,
  reasons: optional(reasons),
  remedies: optional(told),
  to: optional(mandate.describe('转报的上级机关 · The organ above to which a determination is passed up')),
});

const limitedStep = optional(step);

const override = optional(
  z
    .strictObject({ ground: overrideGround, reasons })
    .describe(
      '先于锚定办理：事件中载明理由代码 · To act before what it builds on is anchored; the event states the ground',
    ),
);

export const caseCommandBodies = commandsOf<DoorCommand>()({
  open: z.strictObject({
    item: code.describe('事项编码 · Code of the item'),
    applicant: z.strictObject({
      kind: applicantKind.describe('GB/T 39046 A.4'),
      creditworthy: z.boolean().describe('信用良好 · In good credit'),
      account: optional(line(200).describe('申请人账号，不保存 · The applicant’s account; never stored')),
    }),
    supplied,
    details: optional(details),
    county: optional(tierCode),
    township: optional(tierCode),
    authorization: optional(document.describe('书面授权的 SHA-256 · SHA-256 of the written authorization')),
    follows: optional(follows),
    offline: optional(
      z
        .boolean()
        .describe('在系统外办理后补录，电子监察可见 · Handled outside the system; supervision is told'),
    ),
    ownNumber: optional(line(50).describe('部门自有编号 · The department’s own number')),
    pilot: optional(z.boolean()),
  }),
  file: z.strictObject({}),
  preAccept: z.strictObject({}),
  requireCorrection: z.strictObject({ demands, note }),
  supplyMaterial: z.strictObject({ supplied }),
  accept: z.strictObject({}),
  acceptTolerating: z.strictObject(tolerate),
  openPreReview: z.strictObject(tolerate),
  reject: z.strictObject({ ground: z.enum(rejectionGrounds), remedies: told, reasons }),
  openStage: z.strictObject({ stage: code.describe('阶段标识 · Id of the stage'), override }),
  giveOpinion: answer,
  determine: answer,
  recordExternal: answer,
  recordInspection: z.strictObject({ step, document: proof, note }),
  consult: z.strictObject({
    step: limitedStep,
    asked: mandate,
    days: workingDays,
    document: optional(proof),
    question: words('征询内容', 'The question'),
  }),
  answerConsultation: z.strictObject({ consultation: eventHash, document: proof, note }),
  startProcedure: z.strictObject({
    step: limitedStep,
    ground: ground.describe('行政许可法第四十五条 · Ground of the special procedure'),
    days: workingDays,
    notice: document.describe('告知书的 SHA-256 · SHA-256 of the notice to the applicant'),
    note,
  }),
  endProcedure: z.strictObject({ procedure: eventHash, document: proof, note }),
  recordHearing: z.strictObject({ step: limitedStep, document: proof, note }),
  extend: z.strictObject({ step: limitedStep, days: workingDays, reasons }),
  conclude: z.strictObject({
    result: z.enum(conclusionResults).describe('0 出证 · 1 退回 · 6 办结'),
    document: proof,
    reasons: optional(reasons),
    remedies: optional(told),
    override,
  }),
  deliver: z.strictObject({ channel: z.enum(channels).describe('GB/T 39046 A.5'), document: proof, note }),
  withdraw: z.strictObject({ document: optional(proof), reasons: optional(reasons) }),
  transferUp: z.strictObject({ to: mandate, reasons: optional(reasons), override }),
  takeOver: z.strictObject({ ground: z.enum(takeoverGrounds), reasons: optional(reasons), override }),
  void: z.strictObject({ ground: z.enum(voidGrounds), reasons }),
  share: z.strictObject({ tiers: tiers.min(1) }),
  settleObligation: z.strictObject({
    cause: eventHash,
    outcome: z.enum(settlements).describe('维持 · 重新办理 · Upheld or reopened'),
    reasons,
  }),
  noteRemedy: z.strictObject({ remedy: z.enum(remedies), document: proof, note }),
});

export type DoorCommandName = keyof typeof caseCommandBodies;

export const doorCommandNames = Object.keys(caseCommandBodies) as readonly DoorCommandName[];

export const isDoorCommand = (name: unknown): name is DoorCommandName =>
  typeof name === 'string' && Object.hasOwn(caseCommandBodies, name);

const wholeCommands = new Map(
  doorCommandNames.map((type): [DoorCommandName, z.ZodType<DoorCommand>] => {
    const body: z.ZodType<object> = caseCommandBodies[type];
    return [type, body.transform((given) => ({ ...given, type }) as DoorCommand)];
  }),
);

/** The schema of a command's body whose output is the whole command. Made once: doors ask for it at every request. */
export const commandSchema = (type: DoorCommandName): z.ZodType<DoorCommand> => {
  const schema = wholeCommands.get(type);
  if (schema === undefined) throw new TypeError(`no command ${type}`);
  return schema;
};
