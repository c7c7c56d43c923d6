import { actedAt, type Command, type Context } from './command.ts';
import { Complaint } from './complaint.ts';
import { originAt } from './ledger-keys.ts';
import type { TierAddress } from './network.ts';

/** Heals a tier that was restored from a backup, out of what the others had received of it. */
export const ledgerRecover: Command = {
  usage: '--tier <code>',
  zh: '备份恢复后，从其他层级取回本级缺少的事件；与见证所见完全一致才写入',
  en: 'after a restored backup: get this tier’s events back from the others; stored only if the whole is what the witnesses saw',
  run: async (context) => {
    const at = actedAt(context);
    const ledger = `${at.exchange}/ledger/${await originAt(context, at)}`;
    const silent = await givenBack(context, at, ledger);
    const { recovered } = await context.client.post(`${ledger}/recover`, 'operator', at, {});
    return {
      json: { tier: at.tier, recovered, silent },
      text: [
        `${at.tier}：已取回 recovered ${String(recovered)}`,
        ...silentText(silent),
        '请用 links 查看，并用 links resume 恢复因此停止的链路\nLook at links, and let those that stopped for it run again: links resume.',
      ].join('\n'),
    };
  },
};

type Silent = { readonly tier: string; readonly silent: string };

/** Hands on to a ledger what all other tiers had received of it; says who did not answer. */
export const givenBack = async (
  context: Context,
  at: TierAddress,
  ledger: string,
  epoch?: number,
): Promise<readonly Silent[]> => {
  const others = context.addresses.tiers.filter(({ tier }) => tier !== at.tier);
  const asked = await Promise.all(others.map((from) => handedOn(context, at, ledger, from, epoch)));
  return asked.flatMap(({ tier, silent }) => (silent === undefined ? [] : [{ tier, silent }]));
};

export const silentText = (silent: readonly Silent[]): readonly string[] =>
  silent.map((each) => `${each.tier}：未应答 did not answer: ${each.silent}`);

/** Hands on all that one tier had received. One that does not answer keeps the others from nothing. */
const handedOn = async (
  { client }: Context,
  at: TierAddress,
  ledger: string,
  from: TierAddress,
  epoch?: number,
): Promise<{ readonly tier: string; readonly silent?: string }> => {
  const { tier } = from;
  for (let next: unknown = 0; ;) {
    const url = `${from.exchange}/links/${at.tier}/received?from=${String(next)}${epoch === undefined ? '' : `&epoch=${epoch}`}`;
    const page = await client.get(url, 'operator', from).catch((error: unknown) => {
      if (error instanceof Complaint) return error;
      throw error;
    });
    if (page instanceof Complaint) return { tier, silent: page.message };
    next = page['next'];
    if (next === undefined) return { tier };
    await client.post(`${ledger}/returned`, 'operator', at, page);
  }
};
