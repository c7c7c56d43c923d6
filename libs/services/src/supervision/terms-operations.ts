import { officeHoursBody, rulesBody, yearBody, yearCorrectionBody } from '@liandong/contracts';
import { z } from 'zod';
import { answer, type Operation } from '../platform/openapi.ts';
import { RecordedAnswer } from './assessment-answers.ts';
import { hoursQuery, yearParam } from './requests.ts';
import { CalendarAnswer, HoursAnswer, RulesAnswer } from './terms-answers.ts';

const recorded = answer(RecordedAnswer, '已记录 · Recorded');
const tag = 'terms';

export const termsOperations: readonly Operation[] = [
  {
    ...{ id: 'getCalendar', method: 'get', path: '/v1/calendar', tag },
    summary: '工作日历及历次更正 · The working days, and every correction of them',
    answer: answer(CalendarAnswer, '工作日历 · The calendar'),
    refusals: [],
  },
  {
    ...{ id: 'publishYear', method: 'post', path: '/v1/calendar/years', tag, idempotent: true },
    summary: '公布一年的工作日，仅限市级 · Publish the working days of a year; the city alone',
    ...{ body: yearBody, answer: recorded, refusals: [403, 409] },
  },
  {
    ...{ id: 'correctYear', method: 'post', path: '/v1/calendar/years/{year}/correction', tag },
    summary: '更正已公布的一年，须说明理由 · Correct a published year, with a reason',
    description:
      '已发的监察牌不因此改变，期限变动另行记录。Cards that were issued do not change; what moves is recorded beside them.',
    params: z.object({ year: yearParam }),
    ...{ body: yearCorrectionBody, idempotent: true, answer: recorded, refusals: [403, 404, 409] },
  },
  {
    ...{ id: 'getOfficeHours', method: 'get', path: '/v1/office-hours', tag },
    summary: '政务服务中心办公时间 · The hours of a service centre',
    ...{ query: hoursQuery, answer: answer(HoursAnswer, '办公时间 · The hours'), refusals: [] },
  },
  {
    ...{ id: 'setOfficeHours', method: 'post', path: '/v1/office-hours', tag, idempotent: true },
    summary: '确定本级中心办公时间，自某日起 · Set the hours of the tier’s own centre, from a day on',
    ...{ body: officeHoursBody, answer: recorded, refusals: [403, 409] },
  },
  {
    ...{ id: 'getRules', method: 'get', path: '/v1/rules', tag },
    summary: '已采用的与附带的规则包 · The rule packs that were adopted, and those that ship',
    ...{ answer: answer(RulesAnswer, '规则包 · The packs'), refusals: [] },
  },
  {
    ...{ id: 'adoptRules', method: 'post', path: '/v1/rules', tag, idempotent: true },
    summary: '采用规则包，以哈希为准 · Adopt a rule pack, named by its hash',
    ...{ body: rulesBody, answer: recorded, refusals: [403, 404, 409] },
  },
];
