import type { AssessmentDeskRefusal, HandlingRefusal } from '@liandong/application';
import { exists, forbidden, invalid, type Meanings, missing, notNow } from './meaning.ts';

export const assessmentMeanings: Meanings<Exclude<AssessmentDeskRefusal['code'], HandlingRefusal['code']>> = {
  'assessment-not-found': missing('没有此考核结果', 'There is no such assessment'),
  'assessment-not-published': missing('考核结果尚未公布', 'No score was published'),
  'assessment-already-published': exists('考核结果已公布', 'The score is already published'),
  'assessment-period-wrong': invalid('考核周期不正确', 'That is no period'),
  'assessment-period-open': notNow('考核周期尚未结束', 'The period is not over yet'),
  'assessment-wrong-role': forbidden('此身份不得办理该操作', 'This role may not do that'),
  'assessment-not-of-unit': forbidden('只能由被考核单位申诉', 'Only the unit that is scored may appeal'),
  'assessment-judge-in-own-cause': forbidden(
    '被考核单位不得裁决自身考核',
    'Nobody judges in their own cause',
  ),
  'assessment-already-appealed': notNow('已申诉过', 'The score was appealed before'),
  'assessment-not-appealed': notNow('没有待裁决的申诉', 'No appeal is open'),
  'assessment-reasons-missing': invalid('须说明理由', 'Reasons are required'),
  'assessment-unchanged': notNow(
    '现有事件得出同样的分数，只能驳回申诉',
    'The events make the same score; it can only be upheld',
  ),
  'assessment-not-of-tier': forbidden('考核结果不属于本级', 'The assessment is of another tier'),
  'scheme-flawed': invalid('考核办法有误', 'The scheme has a flaw'),
  'scheme-unchanged': exists('该考核办法已采用', 'The scheme is already adopted'),
  'scheme-not-later': notNow('生效日期不晚于现行办法', 'The scheme does not begin after the present one'),
  'scheme-in-the-past': invalid('考核办法不得追溯既往', 'A scheme does not reach back'),
  'scheme-not-adopted': notNow('该周期开始时尚未采用考核办法', 'No scheme applied when the period began'),
  'scheme-for-other-periods': invalid('考核办法用于另一种周期', 'The scheme is for periods of another kind'),
};
