import type {
  DeskRefusal,
  ErasureDeskRefusal,
  HandlingRefusal,
  OpeningRefusal,
  SchemaRefusal,
} from '@liandong/application';
import type { CaseRefusal } from '@liandong/domain/case';
import type { NotInForce, RouteRefusal } from '@liandong/domain/catalogue';
import type { CalendarRefusal } from '@liandong/domain/calendar';
import type { ErasureRefusal } from '@liandong/domain/privacy';
import { exists, invalid, type Meanings, missing, notNow, raced, tooLarge } from './meaning.ts';

type OwnCode = Exclude<
  (DeskRefusal | ErasureDeskRefusal | OpeningRefusal | HandlingRefusal | SchemaRefusal)['code'],
  (CaseRefusal | NotInForce | RouteRefusal | CalendarRefusal | ErasureRefusal)['code']
>;

export const applicationMeanings: Meanings<OwnCode> = {
  'case-not-found': missing('未找到办件', 'There is no such case'),
  'stream-not-found': missing('未找到该流', 'There is no such stream'),
  'not-anchored': notNow(
    '本级事件尚未取得见证锚定；可稍后再试，或载明理由先行办理',
    'Events of this tier are not anchored yet; try again, or override and let the event say so',
  ),
  'item-not-found': missing('未找到事项', 'There is no such item'),
  'intake-not-provided': invalid('该事项不在此处受理', 'The item is not taken in here'),
  'location-outside': invalid('所填地点不在本级范围内', 'The place lies outside this tier'),
  'stream-moved-on': raced('他人已先行修改，请重试', 'Someone else changed it first; try again'),
  'identity-taken': exists('同一标识已存有不同内容', 'Another event is stored under this identity'),
  'event-too-large': tooLarge('内容过大', 'What would be recorded is too large'),
  'idempotency-key-reused': invalid(
    '此 Idempotency-Key 已用于另一请求',
    'This Idempotency-Key was used for another request',
  ),
  'schema-violation': invalid('内容不符合结构定义', 'The content does not fit its schema'),
};
