import { sha256 } from '@liandong/adapters/crypto';
import { erasureGrounds } from '@liandong/domain/privacy';
import { toHex, utf8 } from '@liandong/kernel';
import { actedAt, type Command, rows } from './command.ts';
import { Complaint } from './complaint.ts';
import type { TierAddress } from './network.ts';
import { shown, table } from './table.ts';

export const privacyFields: Command = {
  usage: '<stream> --tier <code>',
  zh: '流中的个人信息字段，不含内容',
  en: 'the personal fields of a case or department, never what they say',
  run: async (context, stream) => {
    const at = actedAt(context);
    const url = `${on(at, stream)}/fields`;
    const json = await context.client.get(url, 'dataProtection', at);
    const text = table(
      ['摘要 digest', '字段 field', '层级 tier', '状态 state', '事件 event'],
      rows(json).map((row) => [
        row['digest'],
        row['name'] ?? '—',
        row['tier'],
        stateText(row['state']),
        `${String(row['type']).split('.')[2]} ${String(row['event']).slice(0, 16)}`,
      ]),
    );
    return { json, text };
  },
};

export const privacyErase: Command = {
  usage: '<stream> --field <digest>… --ground <ground> --tier <code>',
  zh: '依法删除个人信息字段，各级随之删除',
  en: 'erase personal fields by law, here and at every tier the case reached',
  run: async (context, stream) => {
    const at = actedAt(context);
    const { field = [], ground } = context.options;
    if (field.length === 0)
      throw new Complaint('请用 --field 指明字段，见 privacy fields\n--field <digest> must name a field.');
    if (!erasureGrounds.some((each) => each === ground))
      throw new Complaint(`请用 --ground 指明依据\n--ground is one of ${erasureGrounds.join(', ')}.`);
    const body = { digests: [...new Set(field)].sort(), ground };
    // The same words are the same demand, whoever loses the answer.
    const key = toHex(sha256(utf8(JSON.stringify([stream, body]))));
    const json = await context.client.post(`${on(at, stream)}/erasures`, 'dataProtection', at, body, key);
    const [event] = (json['events'] ?? []) as readonly { readonly hash: string }[];
    return {
      json,
      text:
        `✓ ${body.digests.length} 个字段已在 ${at.tier} 删除，事件 ${shown(event?.hash)}\n` +
        `  ${body.digests.length} fields are erased at ${at.tier}; every other tier erases as the event reaches it`,
    };
  },
};

const on = ({ approval }: TierAddress, stream: string | undefined): string => {
  if (stream !== undefined && /^[a-z]+-[^-\s]+$/.test(stream))
    return `${approval}/v1/streams/${encodeURIComponent(stream)}`;
  throw new Complaint('请指明办件或部门的流\nWhich stream: the id of a case, or department-<tier>.<code>?');
};

const stateText = (state: unknown): string =>
  state === 'held' ? '在库 held' : state === 'erased' ? '已删除 erased' : '不在本级 absent';
