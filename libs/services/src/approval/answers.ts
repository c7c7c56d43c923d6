import {
  caseKinds,
  caseStatuses,
  overrideGrounds,
  stepKinds,
  stepResults,
  stepStatuses,
} from '@liandong/domain/case';
import { itemCommandBodies } from '@liandong/contracts';
import { handlerNames, workActs } from '@liandong/application';
import { departmentKinds, tierLevels } from '@liandong/domain/directory';
import { z } from 'zod';

/** What this service answers. The documents are made of these, and specs check real answers against them. */

const tier = z.string().describe('区划代码 · Division code');
const instant = z.string().describe('UTC, RFC 3339');
const hash = z.string().regex(/^[0-9a-f]{64}$/);

export const Mandate = z
  .strictObject({ tier, department: z.string() })
  .meta({ id: 'Mandate', description: '层级与部门 · A department of a tier' });

const Step = z
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

const Deadline = z
  .strictObject({ kind: z.string(), due: instant, tier, step: z.string().optional() })
  .meta({ id: 'Deadline', description: '正在计算的期限 · A limit that runs now' });

const Obligation = z
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

export const pageOf = (item: z.ZodType) =>
  z.strictObject({ items: z.array(item), nextCursor: z.string().optional() });

// Lists out of the views

const ItemVersion = itemCommandBodies.publishVersion.shape.version.meta({
  id: 'ItemVersion',
  description: '事项版本 · A dated version of an item',
});

export const CaseRowAnswer = z
  .strictObject({
    caseId: z.string(),
    number: z.string(),
    ownNumber: z.string().optional(),
    itemCode: z.string(),
    itemVersion: z.string(),
    itemName: z.string(),
    kind: z.enum(caseKinds),
    pilot: z.boolean(),
    status: z.enum(caseStatuses),
    closing: z.string().optional(),
    leadTier: tier,
    leadDepartment: z.string(),
    intakeTier: tier,
    intakeDepartment: z.string(),
    intakeAgentPoint: z.string().optional(),
    applicantKind: z.string(),
    applicantReference: z.string().describe('申请人在本案中的化名 · Pseudonym of the applicant in this case'),
    stage: z.string().optional(),
    steps: z.array(Step),
    missing: z.array(z.string()),
    obligations: z.array(Obligation),
    deadlines: z.array(Deadline),
    due: instant.optional().describe('最近的期限 · The nearest limit that runs'),
    term: z.string(),
    recorded: z.int(),
    registered: z.int(),
    digest: hash,
    openedAt: instant,
    updatedAt: instant,
    withoutEffect: z.int(),
    needsUpgrade: z.boolean(),
    audience: z.array(tier),
    parties: z.array(z.string()),
  })
  .meta({ id: 'CaseRow', description: '办件列表中的一行 · A case in a list' });

export const WorklistRowAnswer = z
  .strictObject({
    caseId: z.string(),
    key: z.string(),
    act: z.enum(workActs),
    tier,
    department: z.string(),
    roles: z.array(z.string()),
    step: z.string().optional(),
    due: instant.optional(),
    number: z.string(),
    itemName: z.string(),
    status: z.enum(caseStatuses),
  })
  .meta({ id: 'WorklistRow', description: '一项待办 · Something one organ has to do now' });

export const ItemRowAnswer = z
  .strictObject({
    tier,
    code: z.string(),
    entry: z.int(),
    origin: z.enum(['published', 'adopted']),
    verb: z.string().optional(),
    version: z.int(),
    standardTier: tier.optional(),
    standardHash: hash.optional(),
    status: z.string(),
    effectiveFrom: z.string(),
    effectiveTo: z.string().optional(),
    supersededOn: z.string().optional(),
    promisedDays: z.int().optional(),
    content: ItemVersion.optional(),
  })
  .meta({ id: 'ItemRow', description: '目录中的一条 · A dated entry of the catalogue' });

// Catalogue and directory

const bilingual = z.strictObject({ zh: z.string(), en: z.string() });

export const InForceAnswer = z.strictObject({ on: z.string(), version: ItemVersion });

export const ItemVersionsAnswer = z.strictObject({
  status: z.enum(['published', 'adopted']),
  versions: z.array(ItemVersion),
  adoptions: z.array(
    z.strictObject({
      standard: z.strictObject({ tier, code: z.string(), version: z.int(), hash }),
      effectiveFrom: z.string(),
      promisedDays: z.int().optional(),
    }),
  ),
});

export const ItemDoneAnswer = z
  .strictObject({
    item: z.string(),
    events: z.array(z.strictObject({ id: z.string(), type: z.string(), hash })),
    repeated: z.boolean(),
  })
  .meta({ id: 'ItemDone' });

export const TierAnswer = z
  .strictObject({
    network: z.string(),
    tier,
    level: z.enum(tierLevels),
    name: bilingual,
    parent: tier.optional(),
    demonstration: z.boolean().describe('演示网络 · A demonstration network, on a simulated clock'),
    hasCenter: z.boolean(),
    agentPoints: z.array(z.string()),
  })
  .meta({ id: 'Tier', description: '层级 · A tier' });

export const DepartmentAnswer = z
  .strictObject({
    tier,
    department: z.string(),
    name: bilingual,
    kind: z.enum(departmentKinds),
    roles: z.array(z.string()),
    section: z.strictObject({ inCenter: z.boolean() }).optional(),
    windows: z.array(z.string()),
    staff: z.int(),
  })
  .meta({ id: 'Department', description: '部门 · A department' });

// Personal fields

export const FieldAnswer = z
  .strictObject({
    digest: z.string().describe('字段摘要 · What stands in the event for the field'),
    event: hash,
    type: z.string(),
    tier,
    state: z.enum(['held', 'absent', 'erased']).describe('在库 · 不在本级 · 已删除'),
    name: z.string().optional().describe('字段名，在库时可知 · Known while the field is held here'),
  })
  .meta({
    id: 'PersonalField',
    description: '个人信息字段，不含内容 · A personal field, never what it says',
  });

export const ErasedAnswer = z
  .strictObject({
    stream: z.string(),
    events: z.array(z.strictObject({ id: z.string(), type: z.string(), hash })),
    repeated: z.boolean(),
  })
  .meta({ id: 'Erased', description: '已删除并已记录 · Erased here, and on record for every tier' });

// What could not be interpreted

export const ParkedAnswer = z
  .strictObject({
    handler: z
      .enum(handlerNames)
      .describe('处理者：视图、牵头登记、期限 · Who could not interpret it: views, filing, limits'),
    stream: z.string(),
    reason: z.string().describe('最近一次失败的原因 · Why the last try failed'),
    since: instant,
    triedAt: instant,
    attempts: z.int().describe('放弃次数 · How often it was given up'),
  })
  .meta({
    id: 'ParkedStream',
    description: '暂存待办的流，其后续事件随之等待 · A parked stream; its later events wait behind it',
  });

export const RedrivenAnswer = z
  .strictObject({
    handler: z.enum(handlerNames),
    stream: z.string(),
    state: z.enum(['released', 'parked']),
    reason: z.string().optional().describe('仍被暂存的原因 · Why it is still parked'),
  })
  .meta({ id: 'RedrivenStream', description: '重新处理的结果 · How trying again went' });
