import {
  publicationBody,
  schemeBody,
  scoreAppealBody,
  scoreCorrectionBody,
  scoreRulingBody,
} from '@liandong/contracts';
import { z } from 'zod';
import { answer, type Operation } from '../platform/openapi.ts';
import {
  AssessmentsAnswer,
  PublicationAnswer,
  RecordedAnswer,
  SchemesAnswer,
  WholeAssessmentAnswer,
} from './assessment-answers.ts';
import { assessmentListQuery, assessmentParam } from './assessment-requests.ts';

const onAssessment = z.object({ assessment: assessmentParam });
const recorded = answer(RecordedAnswer, '已记录 · Recorded');
const tag = 'assessment';

export const assessmentOperations: readonly Operation[] = [
  {
    ...{ id: 'listAssessments', method: 'get', path: '/v1/assessments', tag },
    summary: '考核结果：人员、窗口、部门、层级 · Published scores of staff, windows, departments and tiers',
    query: assessmentListQuery,
    answer: answer(AssessmentsAnswer, '考核结果 · The scores'),
    refusals: [],
  },
  {
    ...{ id: 'getAssessment', method: 'get', path: '/v1/assessments/{assessment}', tag },
    summary: '一项考核结果，每一分追溯到事件 · A score, every line down to its events',
    params: onAssessment,
    answer: answer(WholeAssessmentAnswer, '考核结果 · The score'),
    refusals: [404],
  },
  {
    ...{ id: 'publishAssessments', method: 'post', path: '/v1/assessments', tag, idempotent: true },
    summary: '公布一个周期的考核结果 · Publish the scores of a period that is over',
    body: publicationBody,
    answer: answer(PublicationAnswer, '已公布 · Published'),
    refusals: [403, 409],
  },
  {
    ...{ id: 'appealAssessment', method: 'post', path: '/v1/assessments/{assessment}/appeal', tag },
    summary: '对考核结果申诉，由被考核单位提出 · Appeal, for the unit that is scored',
    ...{ params: onAssessment, body: scoreAppealBody, idempotent: true, answer: recorded },
    refusals: [403, 404, 409],
  },
  {
    ...{ id: 'upholdAssessment', method: 'post', path: '/v1/assessments/{assessment}/upholding', tag },
    summary: '驳回申诉，维持分数 · Reject the appeal: the score stands',
    ...{ params: onAssessment, body: scoreRulingBody, idempotent: true, answer: recorded },
    refusals: [403, 404, 409],
  },
  {
    ...{ id: 'correctAssessment', method: 'post', path: '/v1/assessments/{assessment}/correction', tag },
    summary: '按现有事件更正分数 · Correct the score to what the events make now',
    ...{ params: onAssessment, body: scoreCorrectionBody, idempotent: true, answer: recorded },
    refusals: [403, 404, 409],
  },
  {
    ...{ id: 'listAssessmentSchemes', method: 'get', path: '/v1/assessment-schemes', tag },
    summary: '本级采用过的考核办法 · The schemes this tier has adopted',
    answer: answer(SchemesAnswer, '考核办法 · The schemes'),
    refusals: [],
  },
  {
    ...{ id: 'adoptAssessmentScheme', method: 'post', path: '/v1/assessment-schemes', tag },
    summary: '采用考核办法 · Adopt a scheme',
    ...{ body: schemeBody, idempotent: true, answer: recorded },
    refusals: [403, 409],
  },
];
