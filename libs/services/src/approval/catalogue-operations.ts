import { adoptionBody, itemCommandBodies } from '@liandong/contracts';
import { z } from 'zod';
import { answer, type Operation } from '../platform/openapi.ts';
import { pageOf } from './answer-parts.ts';
import { InForceAnswer, ItemDoneAnswer, ItemRowAnswer, ItemVersionsAnswer } from './item-answers.ts';
import { CoverageAnswer, GuideAnswer, UniformityAnswer } from './report-answers.ts';
import { guideQuery, inForceQuery, itemCodeParam, itemListQuery, tierReportQuery } from './requests.ts';

const onItem = z.object({ item: itemCodeParam });

/** The items of a tier, their guides, and how they compare with those of others. */
export const catalogueOperations: readonly Operation[] = [
  {
    id: 'listItems',
    method: 'get',
    path: '/v1/items',
    tag: 'catalogue',
    summary: '事项目录 · The items of this tier',
    query: itemListQuery,
    answer: answer(pageOf(ItemRowAnswer), '一页 · A page'),
    refusals: [],
  },
  {
    id: 'getItem',
    method: 'get',
    path: '/v1/items/{item}',
    tag: 'catalogue',
    summary: '某日施行的事项版本 · The version of an item in force on a day',
    params: onItem,
    query: inForceQuery,
    answer: answer(InForceAnswer, '施行版本 · The version in force'),
    refusals: [404, 409],
  },
  {
    id: 'listItemVersions',
    method: 'get',
    path: '/v1/items/{item}/versions',
    tag: 'catalogue',
    summary: '事项的全部版本 · Every version of an item',
    params: onItem,
    answer: answer(ItemVersionsAnswer, '版本 · The versions'),
    refusals: [404],
  },
  {
    id: 'getGuide',
    method: 'get',
    path: '/v1/items/{item}/guide',
    tag: 'catalogue',
    summary:
      '办事指南：今天的、某一版本的，或两个版本之间的变化 · The guide of an item, with how well it reads',
    params: onItem,
    query: guideQuery,
    answer: answer(GuideAnswer, '办事指南 · The guide'),
    refusals: [404],
  },
  {
    id: 'getGuidePage',
    method: 'get',
    path: '/v1/items/{item}/guide/page',
    tag: 'catalogue',
    summary: '可打印的办事指南 · The same guide as a page to print',
    params: onItem,
    query: guideQuery,
    answer: { ...answer(z.string(), '网页 · A page'), media: 'text/html' },
    refusals: [404],
  },
  {
    id: 'getUniformity',
    method: 'get',
    path: '/v1/uniformity',
    tag: 'catalogue',
    summary: '标准化率与偏差：依据、标准、程序、收费 · How uniform the items are, and where they drift',
    query: tierReportQuery,
    answer: answer(UniformityAnswer, '标准化率与偏差 · Rates and drift'),
    refusals: [],
  },
  {
    id: 'getCoverage',
    method: 'get',
    path: '/v1/coverage',
    tag: 'catalogue',
    summary: '三全覆盖、两集中、两到位 · Coverage of each tier and department in numbers',
    query: tierReportQuery,
    answer: answer(CoverageAnswer, '覆盖情况 · The numbers'),
    refusals: [],
  },
  {
    id: 'publishItemVersion',
    method: 'post',
    path: '/v1/items/{item}/versions',
    tag: 'catalogue',
    summary: '发布事项版本（新增、变更、拆分、合并、暂停、取消） · Publish the next version of an item',
    idempotent: true,
    params: onItem,
    body: itemCommandBodies.publishVersion,
    answer: answer(ItemDoneAnswer, '已发布 · Published', 201),
    refusals: [403, 409],
  },
  {
    id: 'adoptItem',
    method: 'post',
    path: '/v1/items/{item}/adoptions',
    tag: 'catalogue',
    summary: '采用上级标准 · Adopt a version of a superior tier’s standard',
    idempotent: true,
    params: onItem,
    body: adoptionBody,
    answer: answer(ItemDoneAnswer, '已采用 · Adopted', 201),
    refusals: [404, 409],
  },
];
