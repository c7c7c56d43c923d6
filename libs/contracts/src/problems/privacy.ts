import type { ErasureRefusal } from '@liandong/domain/privacy';
import { exists, forbidden, invalid, type Meanings, missing, notNow } from './meaning.ts';

export const privacyMeanings: Meanings<ErasureRefusal['code']> = {
  'not-data-protection': forbidden(
    '仅个人信息保护负责人可删除个人信息',
    'Only who answers for data protection erases personal fields',
  ),
  'nothing-to-erase': invalid('未指明要删除的字段', 'No field is named'),
  'digest-unknown': missing('没有事件含此字段', 'No event of this stream has such a field'),
  'author-elsewhere': forbidden(
    '该字段由另一层级收集，应由其删除',
    'Another tier took the field in; it is for that tier to erase it',
  ),
  'already-erased': exists('该字段已删除', 'The field is erased already'),
  'retention-running': notNow(
    '法定保存期限尚未届满，依法暂不得删除',
    'The law still has the record kept; until then the field may not be erased',
  ),
};
