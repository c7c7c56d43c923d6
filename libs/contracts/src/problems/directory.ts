import type { CalendarRefusal } from '@liandong/domain/calendar';
import type { DepartmentRefusal, TierRefusal } from '@liandong/domain/directory';
import { exists, invalid, type Meanings, missing, notNow } from './meaning.ts';

export const directoryMeanings: Meanings<(TierRefusal | DepartmentRefusal)['code']> = {
  'tier-already-founded': exists('该层级已设立', 'The tier is already founded'),
  'tier-not-founded': notNow('该层级尚未设立', 'The tier is not founded yet'),
  'tier-code-not-of-level': invalid('区划代码与层级不符', 'The division code is not of this level'),
  'tier-not-under-superior': invalid('该区划不属于所填上级', 'The division does not lie under the superior'),
  'superior-required': invalid('须指明上级', 'The superior tier must be named'),
  'network-differs': invalid('上下级不属于同一网络', 'The superior belongs to another network'),
  'demonstration-not-mixed': invalid(
    '演示网络不得与正式网络混用',
    'A demonstration network is not mixed with a real one',
  ),
  'service-center-already-open': exists('政务服务中心已设立', 'The service centre is already open'),
  'agent-points-in-townships-only': invalid('代办点只设在乡镇（街道）', 'Only townships have agent points'),
  'agent-point-not-of-township': invalid('代办点不属于本乡镇', 'The agent point lies in another township'),
  'agent-point-already-open': exists('代办点已设立', 'The agent point is already open'),
  'agent-point-unknown': missing('没有此代办点', 'There is no such agent point'),
  'department-already-established': exists('部门已设立', 'The department is already established'),
  'department-not-established': missing('部门尚未设立', 'The department is not established'),
  'credit-code-invalid': invalid('统一社会信用代码校验不通过', 'The social credit code does not check'),
  'role-required': invalid('部门须承担至少一项职能', 'A department needs at least one function'),
  'role-not-of-kind': invalid('该职能与机构类型不符', 'The function does not fit the kind of organisation'),
  'approval-section-for-departments-only': invalid(
    '只有部门设审批股',
    'Only departments form an approval section',
  ),
  'window-already-open': exists('窗口已开设', 'The window is already open'),
  'window-unknown': missing('没有此窗口', 'There is no such window'),
  'window-staffed': notNow('窗口仍有人员', 'The window is still staffed'),
  'staff-already-stationed': exists('人员已派驻', 'The member of staff is already stationed'),
  'staff-unknown': missing('没有此工作人员', 'There is no such member of staff'),
  'name-required': invalid('须填写姓名', 'A name is required'),
  'authority-empty': invalid('授权内容不能为空', 'The authority is empty'),
  'authority-not-delegated': notNow('尚未授权', 'No authority was delegated'),
};

export const calendarMeanings: Meanings<CalendarRefusal['code']> = {
  'calendar-year-missing': notNow(
    '该年度工作日历尚未发布，无法计算期限',
    'The working days of that year are not published; no deadline can be computed',
  ),
  'calendar-date-malformed': invalid('日期格式不正确', 'The date is malformed'),
  'calendar-days-out-of-range': invalid('天数超出范围', 'The number of days is out of range'),
};
