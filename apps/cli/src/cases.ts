import type { Json } from './http.ts';
import { asked, caseNamed, type Command, type Context, rows } from './command.ts';
import { Complaint } from './complaint.ts';
import { tierAt, type TierAddress } from './network.ts';
import { shown, table } from './table.ts';
import { caseText, eventsText } from './case-text.ts';

export const caseList: Command = {
  usage: '[--tier <code>] [--limit <n>]',
  zh: '办件列表，缺省为最上级所知',
  en: 'the cases a tier knows; the top tier unless named',
  run: async ({ addresses, client, options }) => {
    const at = tierAt(addresses, options.tier);
    const limit = encodeURIComponent(options.limit ?? '50');
    const json = await client.get(`${at.approval}/v1/cases?limit=${limit}`, 'auditor', at);
    const text = table(
      ['办件 case', '状态 status', '事项 item', '牵头 lead', '登记/已知 registered/recorded', '摘要 digest'],
      rows(json).map((row) => [
        row['caseId'],
        row['status'],
        row['itemName'],
        row['leadTier'],
        `${shown(row['registered'])}/${shown(row['recorded'])}`,
        String(row['digest']).slice(0, 16),
      ]),
    );
    return { json, text };
  },
};

export const caseShow: Command = {
  usage: '<id> [--tier <code>]',
  zh: '办件及其登记簿',
  en: 'a case and its register',
  run: async ({ addresses, client, options }, caseId) => {
    const at = tierAt(addresses, options.tier);
    const of = `${at.approval}/v1/cases/${caseNamed(caseId)}`;
    const [known, events] = await Promise.all([
      client.get(of, 'auditor', at),
      client.get(`${of}/events`, 'auditor', at),
    ]);
    return {
      json: { ...known, events: rows(events) },
      text: `${caseText(known)}\n\n${eventsText(rows(events))}`,
    };
  },
};

/** Derives the case anew from its stored events, at one tier or at all, and says whether they agree. */
export const caseReplay: Command = {
  usage: '<id> [--at <time>] [--tier <code>]',
  zh: '从事件回放并比较各级',
  en: 'derive it from its events, compare the tiers',
  run: async (context, caseId) => {
    const id = caseNamed(caseId);
    const at = context.options.at === undefined ? undefined : instantOf(context.options.at);
    const replays = await Promise.all(asked(context).map((tier) => replayAt(context, tier, id, at)));
    const digests = new Set(replays.flatMap(digestsOf));
    if (digests.size === 0)
      throw new Complaint(
        `所问层级${at === undefined ? '' : '当时'}没有办件 ${id}\n` +
          `No tier asked holds ${id}${at === undefined ? '' : ` as of ${at}`}.`,
      );
    const equal = digests.size === 1;
    const verdict = equal
      ? '✓ 回放一致 · equal wherever it is known'
      : '✗ 不一致；若链路尚有积压请稍后再试（liandong links） · they differ; if links are behind, try again later';
    return {
      json: { at: at ?? null, replays, equal },
      text: `${replaysText(replays)}\n${verdict}`,
      wrong: !equal,
    };
  },
};

type Replay = {
  readonly tier: string;
  /** Null where the tier does not hold the case: it is not in its audience, or was not yet. */
  readonly case: Json | null;
  /** What the running service says now; a replay of all events must give the same. */
  readonly live?: unknown;
};

const digestsOf = ({ case: replayed, live }: Replay): readonly unknown[] =>
  replayed === null ? [] : [replayed['digest'], live ?? replayed['digest']];

const endOfTime = '9999-12-31T23:59:59.999Z';

const replayAt = async (
  { client }: Context,
  at: TierAddress,
  id: string,
  moment: string | undefined,
): Promise<Replay> => {
  const of = `${at.approval}/v1/cases/${id}`;
  const live = moment === undefined ? await client.find(of, 'auditor', at) : undefined;
  const url = `${of}/replay?at=${encodeURIComponent(moment ?? endOfTime)}`;
  const replayed = await client.find(url, 'auditor', at);
  return { tier: at.tier, case: replayed ?? null, ...(live !== undefined && { live: live['digest'] }) };
};

const replaysText = (replays: readonly Replay[]): string =>
  table(
    ['层级 tier', '状态 status', '登记/已知 registered/recorded', '摘要 digest'],
    replays.map(({ tier, case: replayed }) =>
      replayed === null
        ? [tier, '不持有 not held']
        : [
            tier,
            replayed['status'],
            `${shown(replayed['registered'])}/${shown(replayed['revision'])}`,
            replayed['digest'],
          ],
    ),
  );

export const instantOf = (text: string): string => {
  const time = Date.parse(text);
  if (Number.isNaN(time) || !/^\d{4}-\d{2}-\d{2}(T.*(Z|[+-]\d{2}:\d{2}))?$/.test(text))
    throw new Complaint(
      `--at ${text}：请写明时区的时刻，如 2026-03-02T10:00:00+08:00\n` +
        `--at ${text}: a moment with its time zone, like 2026-03-02T10:00:00+08:00, or a day (its beginning in UTC)`,
    );
  return new Date(time).toISOString();
};
