import { nextEpoch } from '@liandong/assembly';
import { loadTierConfig } from '@liandong/contracts';
import { complaining, Complaint } from './complaint.ts';
import { actedAt, type Command } from './command.ts';
import { originAt } from './ledger-keys.ts';
import { givenBack, silentText } from './ledger-recover.ts';

/** What every list of members, and every witness, must be told before the next epoch can be opened. */
export const ledgerNextEpoch: Command = {
  usage: '--config <file>',
  zh: '打印本级账本下一期在 members 与各见证中应写的内容；不改动任何东西',
  en: 'print what the members’ lists and the witnesses must say of the tier’s next epoch; changes nothing',
  runAlone: async ({ config: file }) => {
    if (file === undefined)
      throw new Complaint(
        '请用 --config 指明层级配置文件\n--config <file> must name the configuration of the tier.',
      );
    const config = complaining(() => loadTierConfig(file));
    const { origin, logKey, ...member } = complaining(() => nextEpoch(config));
    return {
      json: { tier: config.tier, origin, logKey, member },
      text: [
        `见证的 logs 中加入 · add to the logs of every witness:\n${logKey}`,
        `各级 members 中 ${config.tier} 改为 · in everybody’s members, ${config.tier} becomes:`,
        JSON.stringify(member, null, 2),
      ].join('\n'),
    };
  },
};

/** Ends a ledger that cannot go on, and opens the next with all that was written and all that others still have. */
export const ledgerOpenEpoch: Command = {
  usage: '<size> <root> <reason> --tier <code>',
  zh: '账本无法继续时另开一期：写明上一期见证最后会签的条数与树根（64 位十六进制）及理由',
  en: 'open the next epoch of a ledger that cannot go on: name the last head that its witnesses cosigned, and why',
  run: async (context, size, root, reason) => {
    const at = actedAt(context);
    if (!/^\d{1,15}$/.test(size ?? '') || !/^[0-9a-f]{64}$/.test(root ?? '') || reason === undefined)
      throw new Complaint(
        '请写明条数、树根与理由\nSay how many leaves, which root (64 hex digits), and why: open-epoch 1200 09ab… "…"',
      );
    const origin = await originAt(context, at);
    const epoch = Number(origin.split('/').at(-1));
    const former = `${origin.slice(0, origin.lastIndexOf('/'))}/${epoch - 1}`;
    const silent = await givenBack(context, at, `${at.exchange}/ledger/${former}`, epoch - 1);
    const json = await context.client.post(`${at.exchange}/ledger/${origin}/open`, 'operator', at, {
      ...{ previous: { size: Number(size), root }, reason },
    });
    return {
      json: { tier: at.tier, ...json, silent },
      text: [
        `${at.tier}：第 ${epoch} 期已开启 · epoch ${epoch} is open`,
        `取回 returned ${String(json['returned'])}  带入新期 carried ${String(json['carried'])}  失去 lost ${String(json['lost'])}`,
        ...silentText(silent),
        '请用 links 查看，并用 links resume 恢复因此停止的链路\nLook at links, and let those that stopped for it run again: links resume.',
      ].join('\n'),
    };
  },
};
