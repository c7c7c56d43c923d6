import { z } from 'zod';
import { answer, type Operation } from '../platform/openapi.ts';
import { pageQuery } from '../platform/paging.ts';
import { MatterEventsAnswer, OverviewAnswer, RowsAnswer } from './overview-answers.ts';
import { dimensionParam, figureParam, matterParam, overviewQuery } from './overview-requests.ts';

const by = z.object({ by: dimensionParam });
const tag = 'overview';
export const overviewOperations: readonly Operation[] = [
  {
    ...{ id: 'getOverview', method: 'get', path: '/v1/overview/{by}', tag },
    summary:
      '监察总览：本级及下级的在办、将到期、超期、监察牌、用时、标准化与覆盖、补录 · The work of this tier and those below it in numbers',
    ...{ params: by, query: overviewQuery, answer: answer(OverviewAnswer, '总览 · The overview') },
    refusals: [404],
  },
  {
    ...{ id: 'watchOverview', method: 'get', path: '/v1/overview/{by}/live', tag },
    summary: '同上，有变化即推送 · The same, and again whenever it has changed',
    description:
      '服务器发送事件：每个 `overview` 事件的数据即 getOverview 的答复；连接定时结束，重连即可。\n\nServer-sent events: the data of each `overview` event is an answer of getOverview. The connection ends after a while; connect again.',
    ...{ params: by, query: overviewQuery },
    answer: { ...answer(z.string(), '事件流 · The stream'), media: 'text/event-stream' },
    refusals: [404],
  },
  {
    ...{ id: 'listOverviewRows', method: 'get', path: '/v1/overview-rows/{figure}', tag },
    summary: '一项数字背后的全部 · What stands behind a figure, latest first',
    ...{ params: z.object({ figure: figureParam }), query: overviewQuery },
    answer: answer(RowsAnswer, '一页 · A page'),
    refusals: [404],
  },
  {
    ...{ id: 'listMatterEvents', method: 'get', path: '/v1/matters/{matter}/events', tag },
    summary: '一件所依据的事件，不含内容 · The events of a matter, without what they say',
    ...{ params: z.object({ matter: matterParam }), query: z.strictObject(pageQuery) },
    answer: answer(MatterEventsAnswer, '一页 · A page'),
    refusals: [404],
  },
];
