import type { GuideRefusal } from '@liandong/application';
import type { ItemRefusal, NotInForce, RouteRefusal } from '@liandong/domain/catalogue';
import { exists, forbidden, invalid, type Meanings, missing, notNow } from './meaning.ts';

type CatalogueRefusal = ItemRefusal | NotInForce | RouteRefusal | GuideRefusal;

export const catalogueMeanings: Meanings<CatalogueRefusal['code']> = {
  'item-code-malformed': invalid('事项编码格式不正确', 'The item code is malformed'),
  'item-code-unlisted': invalid('代码不在标准代码表中', 'The code is not in its code list'),
  'item-text-missing': invalid('缺少必填文字', 'A text is missing'),
  'item-text-too-long': invalid('文字过长', 'A text is too long'),
  'item-date-malformed': invalid('日期格式不正确', 'A date is malformed'),
  'item-period-empty': invalid('失效日期早于生效日期', 'The period ends before it begins'),
  'item-duplicate': invalid('同一编码重复出现', 'One code appears twice'),
  'item-number-out-of-range': invalid('数值超出范围', 'A number is out of range'),
  'item-legal-basis-missing': invalid('缺少设定依据', 'The legal basis is missing'),
  'item-source-missing': invalid('已核实的依据必须注明出处', 'A verified citation must name its source'),
  'item-promise-exceeds-law': invalid(
    '承诺时限不得长于法定时限',
    'The promised limit exceeds the statutory limit',
  ),
  'item-steps-exceed-promise': invalid(
    '各环节时限之和超过承诺时限',
    'The steps together take longer than the promised limit',
  ),
  'item-route-empty': invalid('办理流程不能为空', 'The route is empty'),
  'item-step-unknown': invalid('材料所指环节不存在', 'The material names a step that does not exist'),
  'item-step-without-item': invalid('该环节未指明所办事项', 'The step names no item of its own'),
  'item-opinion-decides': invalid(
    '征求意见环节不作决定',
    'A step that gives an opinion cannot decide an item',
  ),
  'item-joint-steps': invalid('办件类型与参与部门数不符', 'The case kind does not fit the number of organs'),
  'item-tolerable-not-required': invalid(
    '非必需材料无需容缺',
    'A material that is not required cannot be tolerated as missing',
  ),
  'item-already-published': exists('事项已发布', 'The item is already published'),
  'item-not-published': missing('事项尚未发布', 'The item is not published'),
  'item-version-not-found': missing('没有该事项的此版本', 'There is no such version of the item'),
  'item-other-code': invalid('版本属于另一事项', 'The version belongs to another item'),
  'item-version-not-next': notNow('版本号不连续', 'The version is not the next one'),
  'item-not-later': notNow('生效日期不晚于上一版本', 'The version does not begin after the one before'),
  'item-ended': notNow('事项已取消', 'The item has ended'),
  'item-verb-status': invalid('操作与事项状态不符', 'The verb does not fit the status'),
  'item-verb-lineage': invalid('拆分、合并须注明来源或去向', 'A split or merger must name its items'),
  'item-owned-by-standard': forbidden(
    '该事项由上级标准统一规定',
    'The item is governed by the standard of a superior tier',
  ),
  'item-published-here': notNow('本级已自行发布该事项', 'This tier publishes the item itself'),
  'item-standard-not-superior': invalid('标准须来自上级', 'The standard must be that of a superior tier'),
  'item-standard-not-in-force': notNow('该标准版本未生效', 'The standard is not in force'),
  'item-promise-exceeds-standard': invalid(
    '承诺时限不得长于标准',
    'The promised limit exceeds that of the standard',
  ),
  'item-adopted-too-early': invalid('采用日期早于标准生效日期', 'Adopted before the standard begins'),
  'item-version-already-adopted': exists('该版本已采用', 'The version is already adopted'),
  'item-not-yet-in-force': notNow('事项尚未生效', 'The item is not yet in force'),
  'item-suspended': notNow('事项已暂停办理', 'The item is suspended'),
  'item-expired': notNow('事项已失效', 'The item has expired'),
  'item-cancelled': notNow('事项已取消', 'The item is cancelled'),
  'route-tier-missing': notNow('办理流程所需的层级不存在', 'The route needs a tier that does not exist'),
  'route-department-missing': notNow(
    '办理流程所需的部门不存在',
    'The route needs a department that does not exist',
  ),
};
