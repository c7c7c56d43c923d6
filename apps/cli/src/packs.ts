import { sha256 } from '@liandong/adapters/crypto';
import { packPin, type RulePack } from '@liandong/domain/supervision';
import { actedAt, type Command, type Context, supervisionOf } from './command.ts';
import { Complaint } from './complaint.ts';
import type { Json } from './http.ts';
import { jsonIn } from './json-file.ts';
import { tierAt, type TierAddress } from './network.ts';
import { shown, table } from './table.ts';

export const packList: Command = {
  usage: '[--tier <code>]',
  zh: '已采用的与附带的规则包',
  en: 'the rule packs that were adopted, and those that ship',
  run: async (context) => {
    const json = await rulesAt(context, tierAt(context.addresses, context.options.tier));
    const text = table(
      ['规则包 pack', '名称 name', '计日 convention', '自 from'],
      [...packs(json, 'adopted'), ...packs(json, 'shipped')].map((pack) => [
        pack['pin'],
        (pack['name'] as { zh: string }).zh,
        pack['convention'] ?? '（附带 ships）',
        pack['effectiveFrom'] ?? '',
      ]),
    );
    return { json, text };
  },
};

export const packAdopt: Command = {
  usage: '<pack or file> --tier <code> --at <day> [--convention <started|elapsed>]',
  zh: '采用规则包（标识、完整哈希名或 JSON 文件），自某日起',
  en: 'adopt a rule pack by its id, its full name with the hash, or from a file of JSON, from a day on',
  run: async (context, asked) => {
    const { at: effectiveFrom, convention = 'started' } = context.options;
    if (asked === undefined || effectiveFrom === undefined)
      throw new Complaint('请写明规则包和 --at 生效日期\nA pack is missing, or --at with the day it begins.');
    const at = actedAt(context);
    const named = await packAsked(context, at, asked);
    const body = { ...named, convention, effectiveFrom };
    const url = `${supervisionOf(at)}/v1/rules`;
    const json = await context.client.post(url, 'supervisor', at, body, `rules-${effectiveFrom}`);
    return { json, text: `${at.tier}：已采用 adopted ${named.pin}，自 from ${effectiveFrom}` };
  },
};

/** A pack of one's own goes along whole; one that ships is named by its hash alone. */
const packAsked = async (
  context: Context,
  at: TierAddress,
  asked: string,
): Promise<{ readonly pin: string; readonly pack?: RulePack }> => {
  if (asked.endsWith('.json')) {
    const pack = jsonIn(asked) as RulePack;
    return { pin: packPin(sha256, pack), pack };
  }
  const shipped = packs(await rulesAt(context, at), 'shipped');
  const found = shipped.find(({ pin, id }) => asked === pin || asked === id);
  if (found !== undefined) return { pin: shown(found['pin']) };
  const known = shipped.map(({ id }) => shown(id)).join(' ');
  throw new Complaint(
    `没有规则包 ${asked}，附带的有 ${known}\nThere is no pack ${asked}; those that ship: ${known}`,
  );
};

const rulesAt = ({ client }: Context, at: TierAddress): Promise<Json> =>
  client.get(`${supervisionOf(at)}/v1/rules`, 'supervisor', at);

const packs = (json: Json, name: string): readonly Json[] => (json[name] ?? []) as readonly Json[];
