import type { EpochRefusal, RecoveryRefusal } from '@liandong/application';
import { type Meanings, notNow, tooLarge } from './meaning.ts';

export const ledgerMeanings: Meanings<(RecoveryRefusal | EpochRefusal)['code']> = {
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
  'epoch-open': notNow('本期账本已经开启', 'The epoch is open already'),
  'ledger-not-kept': notNow(
    '账本尚未由本服务记录，请稍后再试',
    'The ledger is not kept here yet, try again soon',
  ),
  'epoch-can-go-on': notNow(
    '原账本可以继续，无须另开一期',
    'The old ledger can go on, nothing needs another epoch',
  ),
  'not-the-cosigned-head': notNow(
    '所指并非见证最后会签的账本头',
    'The head named is not the last one that the witnesses cosigned',
  ),
  'written-in-place': notNow(
    '此后写入的事件占据了已会签事件的位置',
    'What was written since stands in the place of a cosigned event',
  ),
  'too-much-returned': tooLarge('交还的事件过多', 'More was given back than is taken at once'),
};
