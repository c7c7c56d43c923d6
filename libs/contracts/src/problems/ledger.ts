import type { RecoveryRefusal } from '@liandong/application';
import { type Meanings, notNow, tooLarge } from './meaning.ts';

export const ledgerMeanings: Meanings<RecoveryRefusal['code']> = {
  'ledger-damaged': notNow('账本所存与所签不符，须先查明', 'What the ledger holds is not what was signed'),
  'witnesses-silent': notNow('应答的见证过少', 'Too few witnesses answer'),
  'nothing-lost': notNow('本库不缺事件', 'The store lacks nothing that a witness has seen'),
  'head-not-shown': notNow('没有见证出示其所见的账本头', 'No witness shows the head that it has seen'),
  'written-since': notNow(
    '恢复备份后已写入新的事件，原有事件无法归位',
    'The restored store was written on, so what stood there cannot return',
  ),
  'events-not-returned': notNow('尚有事件无人交还', 'Some events were given back by nobody'),
  'returned-differ': notNow('交还的事件与见证所见不符', 'What was given back is not what a witness has seen'),
  'too-much-returned': tooLarge('交还的事件过多', 'More was given back than is taken at once'),
};
