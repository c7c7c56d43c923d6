import type { AuditRefusal } from '@liandong/application';
import { type Meanings, missing, notNow } from './meaning.ts';

export const auditMeanings: Meanings<AuditRefusal['code']> = {
  'nothing-anchored': notNow(
    '账本尚无达到见证法定数的账本头',
    'No head of the ledger has the signatures its policy asks for yet',
  ),
  'sealed-event-gone': notNow('已封存的事件不在库中', 'The store has lost an event that was sealed'),
  'tile-gone': notNow('缺少哈希块', 'A tile of the ledger is gone'),
  'leaf-unknown': missing('账本没有这一条', 'The ledger has no such leaf'),
  'case-unknown': missing('不持有此办件', 'The tier does not hold the case'),
  'export-unknown': missing('没有可续的导出', 'There is no such export to go on with'),
};
