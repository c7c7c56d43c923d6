import {
  caseKinds,
  caseStatuses,
  overrideGrounds,
  stepKinds,
  stepResults,
  stepStatuses,
} from '@liandong/domain/case';
import { z } from 'zod';
import { hash, instant, tier } from './answer-parts.ts';

export const Mandate = z
  .strictObject({ tier, department: z.string() })
  .meta({ id: 'Mandate', description: '层级与部门 · A department of a tier' });

export const Step = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    stage: z.string(),
    kind: z.enum(stepKinds),
    organ: Mandate,
    round: z.int(),
    status: z.enum(stepStatuses),
    result: z.enum(stepResults).optional(),
    answeredAt: instant.optional(),
    due: instant.optional(),
    itemCode: z.string().optional(),
  })
  .meta({ id: 'Step', description: '环节 · A step of the review' });

export const Deadline = z
  .strictObject({ kind: z.string(), due: instant, tier, step: z.string().optional() })
  .meta({ id: 'Deadline', description: '正在计算的期限 · A limit that runs now' });

export const Obligation = z
  .strictObject({
    kind: z.string(),
    cause: hash,
    step: z.string().optional(),
    round: z.int().optional(),
    due: instant.optional().describe('处理期限 · By when it must be settled'),
  })
  .meta({ id: 'Obligation', description: '牵头部门须处理的事项 · What the lead must settle' });

const Procedure = z
  .strictObject({
    hash,
    step: z.string().optional(),
    ground: z.string(),
    due: instant,
    tier,
    department: z.string().optional(),
  })
  .meta({ id: 'Procedure', description: '进行中的特别程序 · A special procedure that runs now' });

const Handover = z.strictObject({ from: Mandate, to: Mandate, at: instant }).meta({ id: 'Handover' });

export const CaseAnswer = z
  .strictObject({
    caseId: z.string(),
    status: z.enum(caseStatuses),
    number: z.record(z.string(), z.unknown()),
    item: z.record(z.string(), z.unknown()),
    kind: z.enum(caseKinds),
    pilot: z.boolean(),
    intake: z.record(z.string(), z.unknown()),
    lead: Mandate,
    applicant: z.record(z.string(), z.unknown()),
    openedAt: instant,
    acceptedAt: instant.optional(),
    stage: z.string().optional(),
    steps: z.array(Step),
    missing: z.array(z.string()).describe('尚缺材料 · Materials still missing'),
    demanded: z.array(z.string()).describe('补正告知所列 · Demanded by the correction notice'),
    tolerated: z.array(z.string()).describe('容缺材料 · Tolerated to be missing'),
    procedures: z.array(Procedure),
    obligations: z.array(Obligation),
    deadlines: z.array(Deadline),
    conclusion: z.record(z.string(), z.unknown()).optional(),
    closing: z.string().optional().describe('办结结果代码 0–6 · Closing result'),
    transfers: z.array(Handover),
    takeovers: z.array(Handover),
    audience: z.array(tier),
    follows: z.record(z.string(), z.unknown()).optional(),
    withoutEffect: z.int().describe('不生效的事实数 · Facts recorded without effect'),
    needsUpgrade: z.boolean().describe('含本版本不识别的事件 · Holds events this build does not know'),
    term: z.string().describe('牵头任次 · takeovers.transfers'),
    digest: hash.describe('案卷摘要，各级相等 · Equal at every tier that holds the same events'),
    registered: z.int().describe('已登记事件数 · Events filed by the lead'),
    revision: z.int().describe('本级存有的事件数 · Events of the case held here'),
  })
  .meta({ id: 'Case', description: '办件 · A case as this tier knows it' });

export const DoneAnswer = z
  .strictObject({
    caseId: z.string(),
    events: z.array(z.strictObject({ id: z.string(), type: z.string(), hash })),
    revision: z.int(),
    repeated: z
      .boolean()
      .describe('此前已办，本次未写入 · Done before under this key; nothing was written now'),
  })
  .meta({ id: 'Done', description: '已记录 · What was recorded' });

export const standings = ['recorded', 'anchored', 'registered', 'pending'] as const;

export const EventAnswer = z
  .strictObject({
    id: z.string(),
    type: z.string(),
    hash,
    tier,
    time: instant,
    recordedTime: instant,
    standing: z
      .enum(standings)
      .describe(
        '已记录 → 已锚定 → 已登记；待接收：已到达而尚未入库 · Stored by its author, cosigned by a quorum of witnesses, filed by the lead; pending: it came and is not in the store yet',
      ),
    ledger: z
      .strictObject({
        seq: z.int().describe('账本序号 · Leaf of the ledger'),
        checkpointSize: z
          .int()
          .optional()
          .describe('首个锚定它的检查点 · Size of the first anchored checkpoint over it'),
        anchoredAt: instant.optional(),
      })
      .optional()
      .describe('在本级账本中的位置，仅本级事件 · Where an event of this tier stands in its ledger'),
    beforeAnchoring: z
      .enum(overrideGrounds)
      .optional()
      .describe('牵头部门先于锚定办理的理由 · Why the lead did not wait for the quorum'),
    pending: z
      .strictObject({
        state: z.enum(['waiting', 'parked']),
        reason: z.string(),
        missing: z.array(hash).describe('所等待的事件 · The events it waits for'),
        since: instant,
      })
      .optional()
      .describe('为何尚未入库 · Why it is not in the store yet'),
    withoutEffect: z
      .looseObject({ code: z.string() })
      .optional()
      .describe('不生效的原因 · Why it changed nothing'),
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'CaseEvent', description: '事件，按登记次序 · An event, in register order' });

export const EventsAnswer = z.strictObject({ items: z.array(EventAnswer) });

export const PersonalAnswer = z.strictObject({
  items: z.array(
    z
      .strictObject({
        event: hash,
        type: z.string(),
        fields: z.record(z.string(), z.unknown()),
      })
      .meta({ id: 'PersonalFields', description: '个人信息，与事件分开保存 · Kept apart from the event' }),
  ),
});
