import {
  caseCommandBodies,
  type DoorCommandName,
  doorCommandNames,
  erasureBody,
  streamParam,
} from '@liandong/contracts';
import type { TierCode } from '@liandong/kernel';
import { z } from 'zod';
import { answer, openApiDocument, type Operation } from '../platform/openapi.ts';
import { pageOf } from './answer-parts.ts';
import { CaseAnswer, DoneAnswer, EventsAnswer, PersonalAnswer } from './case-answers.ts';
import { DepartmentAnswer, TierAnswer } from './directory-answers.ts';
import { ParkedAnswer, RedrivenAnswer } from './parked-answers.ts';
import { ErasedAnswer, FieldAnswer } from './privacy-answers.ts';
import { CaseRowAnswer, WorklistRowAnswer } from './row-answers.ts';
import { catalogueOperations } from './catalogue-operations.ts';
import { commandTitles } from './command-titles.ts';
import {
  caseIdParam,
  caseListQuery,
  departmentListQuery,
  parkedListQuery,
  redriveBody,
  replayQuery,
  worklistQuery,
} from './requests.ts';

const onCase = z.object({ caseId: caseIdParam });
const onStream = z.object({ stream: streamParam });

const opening: Operation = {
  id: 'openCase',
  method: 'post',
  path: '/v1/cases',
  tag: 'commands',
  summary: commandTitles.open,
  idempotent: true,
  body: caseCommandBodies.open,
  answer: answer(DoneAnswer, '已登记 · Opened', 201),
  refusals: [404, 409, 503],
};

/** Every command on a case has its own path and its own schema, and one way to answer. */
const commandOn = (name: Exclude<DoorCommandName, 'open'>): Operation => ({
  id: name,
  method: 'post',
  path: `/v1/cases/{caseId}/commands/${name}`,
  tag: 'commands',
  summary: commandTitles[name],
  idempotent: true,
  params: onCase,
  body: caseCommandBodies[name],
  answer: answer(DoneAnswer, '已记录 · Recorded'),
  refusals: [404, 409, 503],
});

const queries: readonly Operation[] = [
  {
    id: 'listCases',
    method: 'get',
    path: '/v1/cases',
    tag: 'cases',
    summary: '办件列表 · The cases this tier knows, latest first',
    query: caseListQuery,
    answer: answer(pageOf(CaseRowAnswer), '一页 · A page'),
    refusals: [],
  },
  {
    id: 'getCase',
    method: 'get',
    path: '/v1/cases/{caseId}',
    tag: 'cases',
    summary: '办件现状 · A case as this tier knows it now',
    params: onCase,
    answer: answer(CaseAnswer, '办件 · The case'),
    refusals: [404],
  },
  {
    id: 'listCaseEvents',
    method: 'get',
    path: '/v1/cases/{caseId}/events',
    tag: 'cases',
    summary: '办件事件，按登记次序 · The events of a case in register order, each with its standing',
    params: onCase,
    answer: answer(EventsAnswer, '事件 · The events'),
    refusals: [404],
  },
  {
    id: 'getPersonal',
    method: 'get',
    path: '/v1/cases/{caseId}/personal',
    tag: 'cases',
    summary: '办件中的个人信息 · The personal fields of a case, for those who handle it and the applicant',
    params: onCase,
    answer: answer(PersonalAnswer, '个人信息 · The fields that are still held'),
    refusals: [404],
  },
  {
    id: 'replayCase',
    method: 'get',
    path: '/v1/cases/{caseId}/replay',
    tag: 'cases',
    summary: '回放到某一时刻 · A case from the events recorded up to a moment',
    params: onCase,
    query: replayQuery,
    answer: answer(CaseAnswer, '当时的办件 · The case then'),
    refusals: [404],
  },
  {
    id: 'getWorklist',
    method: 'get',
    path: '/v1/worklist',
    tag: 'cases',
    summary: '待办 · The open steps of the caller’s department',
    query: worklistQuery,
    answer: answer(pageOf(WorklistRowAnswer), '一页 · A page'),
    refusals: [],
  },
];

const directory: readonly Operation[] = [
  {
    id: 'getTier',
    method: 'get',
    path: '/v1/tier',
    tag: 'directory',
    summary: '本级 · This tier',
    answer: answer(TierAnswer, '本级 · This tier'),
    refusals: [404],
  },
  {
    id: 'listTiers',
    method: 'get',
    path: '/v1/tiers',
    tag: 'directory',
    summary: '网络中的层级 · The tiers of the network',
    answer: answer(z.strictObject({ items: z.array(TierAnswer) }), '层级 · The tiers'),
    refusals: [],
  },
  {
    id: 'listDepartments',
    method: 'get',
    path: '/v1/departments',
    tag: 'directory',
    summary: '部门与窗口 · Departments and their windows',
    query: departmentListQuery,
    answer: answer(z.strictObject({ items: z.array(DepartmentAnswer) }), '部门 · The departments'),
    refusals: [],
  },
];

const privacy: readonly Operation[] = [
  {
    id: 'listPersonalFields',
    method: 'get',
    path: '/v1/streams/{stream}/fields',
    tag: 'privacy',
    summary: '流中的个人信息字段，不含内容 · The personal fields of a stream, never what they say',
    params: onStream,
    answer: answer(z.strictObject({ items: z.array(FieldAnswer) }), '字段 · The fields'),
    refusals: [],
  },
  {
    id: 'erasePersonalFields',
    method: 'post',
    path: '/v1/streams/{stream}/erasures',
    tag: 'privacy',
    summary: '依法删除个人信息 · Erase personal fields, here at once and at every tier the event reaches',
    idempotent: true,
    params: onStream,
    body: erasureBody,
    answer: answer(ErasedAnswer, '已删除并已记录 · Erased and on record', 201),
    refusals: [404, 409],
  },
];

const operation: readonly Operation[] = [
  {
    id: 'listParked',
    method: 'get',
    path: '/v1/parked',
    tag: 'operation',
    summary:
      '暂存待办的流，最久未重试者在前 · Streams that could not be interpreted, the longest untried first',
    query: parkedListQuery,
    answer: answer(pageOf(ParkedAnswer), '一页 · A page'),
    refusals: [],
  },
  {
    id: 'redriveParked',
    method: 'post',
    path: '/v1/parked/redrive',
    tag: 'operation',
    summary:
      '重新处理暂存的流：全部、某一处理者的、或某一个 · Try parked streams again: all, a handler’s, or one',
    body: redriveBody,
    answer: answer(z.strictObject({ items: z.array(RedrivenAnswer) }), '结果 · How it went'),
    refusals: [],
  },
];

const health = (id: string, path: string, summary: string, refusals: readonly number[]): Operation => ({
  id,
  method: 'get',
  path,
  tag: 'health',
  summary,
  open: true,
  answer: answer(z.strictObject({ status: z.literal('ok') }), '正常 · Well'),
  refusals: [400, ...refusals],
});

/** Every operation of the approval service's HTTP door. */
export const approvalOperations: readonly Operation[] = [
  opening,
  ...doorCommandNames.filter((name) => name !== 'open').map(commandOn),
  ...queries,
  ...catalogueOperations,
  ...directory,
  ...privacy,
  ...operation,
  health('live', '/health/live', '进程存活 · The process answers', []),
  health('ready', '/health/ready', '可以办件 · The service can do its work', [503]),
];

/** The document of one tier's service. */
export const approvalDocument = (tier: TierCode) =>
  openApiDocument({
    title: `联动 · 审批服务 ${tier} · Liandong approval`,
    version: '1.0.0',
    description:
      '一级政务服务的审批接口。请求一旦受理即写入事件库；同一 Idempotency-Key 重复提交不会重复办理；办理人只取自令牌。\n\nThe counter of one tier. What is accepted is in the event store; a request sent again under its Idempotency-Key is not done again; the acting person comes from the token alone.',
    tags: [
      { name: 'commands', description: '办件操作 · Commands on cases' },
      { name: 'cases', description: '办件查询 · Cases' },
      { name: 'catalogue', description: '事项目录 · The catalogue of items' },
      { name: 'directory', description: '层级与部门 · Tiers and departments' },
      { name: 'privacy', description: '个人信息 · Personal fields' },
      { name: 'operation', description: '运行维护 · Operation' },
      { name: 'health', description: '运行状况 · Health' },
    ],
    operations: approvalOperations,
  });
