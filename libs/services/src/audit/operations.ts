import type { TierCode } from '@liandong/kernel';
import { z } from 'zod';
import { ndjson } from '../platform/flow.ts';
import { openApiDocument, type Operation } from '../platform/openapi.ts';
import { dossierParams, entriesQuery, exportQuery, replayQuery } from './requests.ts';

const base64 = z.string().describe('base64');
const kind = <Kind extends string>(name: Kind) => z.literal(name);

const Progress = z.strictObject({ kind: kind('progress'), done: z.int(), of: z.int() });
const Refusal = z.strictObject({ kind: kind('refused'), problem: z.record(z.string(), z.unknown()) });
const End = z.strictObject({ kind: kind('end') });
const FilePart = z.strictObject({
  ...{ kind: kind('file'), path: z.string(), offset: z.int(), content: base64, last: z.boolean() },
  cursor: z.string().optional().describe('随文件的末段给出 · With the last part of a file'),
});

/** Of a stream the schema is that of each of its lines. */
const stream = (...steps: readonly z.ZodType[]) => ({
  status: 200 as const,
  media: ndjson,
  description:
    '逐行 JSON，末行为 end；没有末行即为中断 · Lines of JSON; one without the line `end` at its end was cut',
  schema: z.union([...steps, Refusal, End]),
});

const open = (id: string, path: string, summary: string, refusals: readonly number[]): Operation => ({
  ...{ id, path, summary, refusals: [400, ...refusals] },
  ...{ method: 'get', tag: 'health', open: true },
  answer: {
    status: 200,
    description: '正常 · Well',
    schema: z.strictObject({ status: z.literal('ok') }),
  },
});

/** Every operation of the audit service's HTTP door. */
export const auditOperations: readonly Operation[] = [
  {
    ...{ id: 'replay', method: 'get', path: '/v1/audit/replay', tag: 'replay' },
    summary:
      '仅凭事件重建视图，并与现行视图比较 · Rebuild views from events alone, compare with the live ones',
    query: replayQuery,
    answer: stream(
      Progress,
      z.strictObject({
        ...{ kind: kind('row'), projection: z.string(), key: z.string(), cursor: z.string() },
        row: z.record(z.string(), z.unknown()),
      }),
      z.strictObject({ kind: kind('replayed'), found: z.record(z.string(), z.unknown()) }),
    ),
    refusals: [404],
  },
  {
    ...{ id: 'readLedger', method: 'get', path: '/v1/audit/entries', tag: 'ledger' },
    summary: '账本中的事件，按序号 · The events of the ledger, in their order',
    query: entriesQuery,
    answer: stream(z.strictObject({ kind: kind('entry'), seq: z.int(), hash: z.string(), event: base64 })),
    refusals: [409],
  },
  {
    ...{ id: 'exportLedger', method: 'get', path: '/v1/audit/export', tag: 'ledger' },
    summary: '可独立核验的导出，逐个文件 · An export that stands alone, file by file',
    query: exportQuery,
    answer: stream(FilePart),
    refusals: [404, 409],
  },
  {
    ...{ id: 'verifyLedger', method: 'get', path: '/v1/audit/verification', tag: 'ledger' },
    summary: '核验本级账本 · Verify the ledger of this tier',
    answer: stream(
      Progress,
      z.strictObject({ kind: kind('report'), report: z.record(z.string(), z.unknown()) }),
    ),
    refusals: [409],
  },
  {
    ...{ id: 'dossier', method: 'get', path: '/v1/audit/dossiers/{caseId}', tag: 'replay' },
    summary: '决定卷宗：决定者当时所见，附证明 · What the deciders of a case saw, with proofs',
    params: dossierParams,
    answer: stream(
      FilePart,
      z.strictObject({
        ...{ kind: kind('dossier'), events: z.int(), decisions: z.int() },
        unproven: z.array(z.string()),
      }),
    ),
    refusals: [404, 409],
  },
  open('live', '/health/live', '进程存活 · The process answers', []),
  open('ready', '/health/ready', '可以查账 · The service can do its work', [503]),
];

/** The document of one tier's service. */
export const auditDocument = (tier: TierCode) =>
  openApiDocument({
    title: `联动 · 审计服务 ${tier} · Liandong audit`,
    version: '1.0.0',
    description:
      '一级的审计接口，只读。供本级及上级的审计人员使用；应答随读随制，中断后可续。\n\nThe auditors’ door of one tier, which only reads, for auditors of this tier and of those above it. An answer is made as it is read, and goes on after a cut.',
    tags: [
      { name: 'replay', description: '重放与卷宗 · Replays and dossiers' },
      { name: 'ledger', description: '账本 · The ledger' },
      { name: 'health', description: '运行状况 · Health' },
    ],
    operations: auditOperations,
  });
