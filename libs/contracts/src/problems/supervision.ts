import type { OfficeHoursRefusal, OfficeHoursMissing, WorkingDaysRefusal } from '@liandong/domain/calendar';
import type {
  CardRefusal,
  ExplainRefusal,
  OversightRefusal,
  TermsRefusal,
} from '@liandong/domain/supervision';
import type { CardDeskRefusal, HandlingRefusal, RulesRefusal } from '@liandong/application';
import { exists, forbidden, invalid, type Meanings, missing, notNow } from './meaning.ts';

export type SupervisionRefusal =
  | WorkingDaysRefusal
  | OfficeHoursRefusal
  | OfficeHoursMissing
  | Exclude<RulesRefusal, HandlingRefusal>
  | CardRefusal
  | OversightRefusal
  | TermsRefusal
  | ExplainRefusal
  | Extract<CardDeskRefusal, { readonly code: 'card-not-found' }>;

export const supervisionMeanings: Meanings<Exclude<SupervisionRefusal['code'], 'calendar-year-missing'>> = {
  'calendar-city-only': forbidden('工作日历只由市级发布', 'Only the city publishes working days'),
  'calendar-source-missing': invalid('须注明所依据的通知', 'The notice it follows must be named'),
  'calendar-year-already-published': exists('该年度工作日历已发布', 'The year is already published'),
  'calendar-year-not-published': missing('该年度工作日历尚未发布', 'The year is not published yet'),
  'calendar-year-unchanged': notNow('更正内容与原日历相同', 'The correction changes nothing'),
  'calendar-day-wrong': invalid('日历中有不正确的日期', 'A day of the calendar is wrong'),
  'office-hours-malformed': invalid('办公时间格式不正确', 'The office hours are malformed'),
  'office-hours-not-later': notNow(
    '生效日期不晚于现行办公时间',
    'The hours do not begin after the present ones',
  ),
  'office-hours-missing': notNow('政务服务中心尚未公布办公时间', 'The centre has not said when it is open'),
  'rules-flawed': invalid('规则包内容有误', 'The rule pack has a flaw'),
  'rules-unchanged': exists('该规则包已采用', 'The rule pack is already adopted'),
  'rules-not-later': notNow('生效日期不晚于现行规则', 'The rules do not begin after the present ones'),
  'rules-in-the-past': invalid('规则不得追溯既往', 'Rules do not reach back'),
  'rules-not-shipped': missing('本版本未附带该规则包', 'No pack of that hash ships with this release'),
  'rules-other-pin': invalid('规则包与所称哈希不符', 'The pack is not the one that its hash names'),
  'rules-not-adopted': notNow('当日尚未采用监察规则', 'No rules were adopted for that day'),
  'card-not-found': missing('未找到监察牌', 'There is no such card here'),
  'card-not-raised': missing('没有此监察牌', 'There is no such card'),
  'card-of-another-cause': invalid('监察牌另有事由', 'The card has another cause'),
  'card-wrong-status': notNow('监察牌当前状态不允许此操作', 'The card stands elsewhere'),
  'card-wrong-role': forbidden('此身份不得办理该操作', 'This role may not do that'),
  'card-not-of-tier': forbidden('监察牌不属于本级', 'The card is of another tier'),
  'card-not-accountable': forbidden('非责任单位不得答复或申诉', 'Another unit is accountable'),
  'card-judge-in-own-cause': forbidden('责任单位不得裁决自身事项', 'Nobody judges in their own cause'),
  'card-already-appealed': notNow('已申诉过', 'The card was appealed before'),
  'card-reasons-missing': invalid('须说明理由', 'Reasons are required'),
  'card-urged-into-the-past': invalid('督办期限须在将来', 'The limit of an urging lies in the past'),
  'oversight-not-superior': forbidden('该层级不在本级监察范围内', 'That tier is not supervised here'),
  'oversight-nothing-to-agree': notNow('没有待销的异议', 'Nothing is held against the issuer'),
  'explain-other-rules': notNow('规则包版本不符', 'The card names another version of the rules'),
  'explain-other-calendar': notNow('工作日历版本不符', 'The card names another version of the calendar'),
  'explain-rule-unknown': missing('规则包中没有该规则', 'The rule pack has no such rule'),
};
