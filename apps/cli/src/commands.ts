import { type Client, type Json, people, personWith, tokenFor } from './client.ts';
import { Complaint } from './complaint.ts';
import { type Addresses, tierAt } from './network.ts';
import { table } from './table.ts';

export type Options = {
  readonly tier?: string | undefined;
  readonly at?: string | undefined;
  readonly limit?: string | undefined;
  readonly all?: boolean | undefined;
};

/** What a command found: as JSON for programs, as text for people. */
export type Found = { readonly json: unknown; readonly text: string };

type Context = { readonly addresses: Addresses; readonly client: Client; readonly options: Options };
type Command = (context: Context, ...args: readonly string[]) => Promise<Found>;

const rows = (body: Json): readonly Json[] => (body['items'] ?? []) as readonly Json[];

/** The tiers a command asks: the one named, or all. */
const asked = ({ addresses, options }: Context) =>
  options.tier === undefined ? addresses.tiers : [tierAt(addresses, options.tier)];

const tiers: Command = async ({ addresses, client }) => {
  const json = await Promise.all(
    addresses.tiers.map(async (at) => {
      const own = await client.get(`${at.approval}/v1/tier`, 'auditor', at.tier);
      return { ...own, approval: at.approval, exchange: at.exchange };
    }),
  );
  const text = table(
    ['层级 tier', '名称 name', '级别 level', '上级 parent', '地址 approval'],
    json.map((row: Json) => {
      const name = row['name'] as { zh: string; en: string };
      return [row['tier'], `${name.zh} ${name.en}`, row['level'], row['parent'] ?? '—', row['approval']];
    }),
  );
  return { json, text };
};

const caseList: Command = async ({ addresses, client, options }) => {
  const at = tierAt(addresses, options.tier);
  const json = await client.get(`${at.approval}/v1/cases?limit=${options.limit ?? 50}`, 'auditor', at.tier);
  const text = table(
    ['办件 case', '状态 status', '事项 item', '牵头 lead', '登记/已知 registered/recorded', '摘要 digest'],
    rows(json).map((row) => [
      row['caseId'],
      row['status'],
      row['itemName'],
      row['leadTier'],
      `${row['registered']}/${row['recorded']}`,
      String(row['digest']).slice(0, 16),
    ]),
  );
  return { json, text };
};

const caseShow: Command = async ({ addresses, client, options }, caseId) => {
  const at = tierAt(addresses, options.tier);
  const of = `${at.approval}/v1/cases/${named(caseId, 'case show <id>')}`;
  const [known, events] = await Promise.all([
    client.get(of, 'auditor', at.tier),
    client.get(`${of}/events`, 'auditor', at.tier),
  ]);
  return {
    json: { ...known, events: rows(events) },
    text: `${caseText(known)}\n\n${eventsText(rows(events))}`,
  };
};

/** Derives the case anew from its events, at one tier or at all, and says whether they agree. */
const caseReplay: Command = async (context, caseId) => {
  const { client, options } = context;
  const id = named(caseId, 'case replay <id>');
  const moment = options.at === undefined ? undefined : instantOf(options.at);
  const replays = await Promise.all(
    asked(context).map(async (at) => {
      const of = `${at.approval}/v1/cases/${id}`;
      const path = moment === undefined ? of : `${of}/replay?at=${encodeURIComponent(moment)}`;
      return { tier: at.tier, case: await client.get(path, 'auditor', at.tier) };
    }),
  );
  const digests = new Set(replays.map((replay) => replay.case['digest']));
  const equal = digests.size === 1;
  const text = table(
    ['层级 tier', '状态 status', '登记/已知 registered/held', '摘要 digest'],
    replays.map(({ tier, case: known }) => [
      tier,
      known['status'],
      `${known['registered']}/${known['revision']}`,
      known['digest'],
    ]),
  );
  const verdict = equal ? '✓ 各级一致 · equal at every tier asked' : '✗ 各级不一致 · tiers differ';
  return { json: { at: moment ?? null, replays, equal }, text: `${text}\n${verdict}` };
};

const links: Command = async (context) => {
  const json = await Promise.all(
    asked(context).map((at) => context.client.get(`${at.exchange}/links`, 'operator', at.tier)),
  );
  return { json, text: json.map(linksText).join('\n\n') };
};

const parkedList: Command = async (context) => {
  const json = await Promise.all(
    asked(context).map(async (at) => ({
      tier: at.tier,
      parked: rows(await context.client.get(`${at.exchange}/parked`, 'operator', at.tier)),
    })),
  );
  const text = table(
    ['层级 tier', '作者 author', '序号 number', '类型 type', '原因 reason', '自 since'],
    json.flatMap(({ tier, parked }) =>
      parked.map((row) => [tier, row['author'], row['number'], row['type'], row['reason'], row['since']]),
    ),
  );
  return { json, text };
};

const parkedRedrive: Command = async ({ addresses, client, options }, author, number) => {
  if (options.tier === undefined)
    throw new Complaint('parked redrive: --tier <code> says where to try again');
  const at = tierAt(addresses, options.tier);
  const only =
    author === undefined ? {} : { author, number: Number(named(number, 'parked redrive <author> <number>')) };
  const json = await client.post(`${at.exchange}/parked/redrive`, 'operator', at.tier, only);
  const text = table(
    ['作者 author', '序号 number', '结果 outcome', '原因 reason'],
    rows(json).map((row) => [row['author'], row['number'], row['outcome'], row['reason'] ?? '']),
  );
  return { json, text };
};

const token: Command = async ({ addresses, options }, role) => {
  if (role === undefined) {
    const all = await people(addresses);
    const text = table(
      ['人员 person', '层级 tier', '角色 roles', '姓名 name'],
      all.map(({ id, tier, roles, name }) => [id, tier, roles.join(','), name]),
    );
    return {
      json: all,
      text: `${text}\n\nliandong token <role> [--tier <code>], or a person from this list`,
    };
  }
  const person = await personWith(addresses, role, tierAt(addresses, options.tier).tier);
  const bearer = await tokenFor(addresses, person);
  return { json: { person, token: bearer }, text: bearer };
};

export const commands: Readonly<Record<string, Command>> = {
  tiers,
  'case list': caseList,
  'case show': caseShow,
  'case replay': caseReplay,
  links,
  'parked list': parkedList,
  'parked redrive': parkedRedrive,
  token,
};

const named = (value: string | undefined, usage: string): string => {
  if (value === undefined) throw new Complaint(`usage: liandong ${usage}`);
  return value;
};

const instantOf = (text: string): string => {
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new Complaint(`--at ${text}: a moment like 2026-03-02T10:00:00+08:00`);
  return new Date(time).toISOString();
};

const caseText = (known: Json): string => {
  const { status, lead, term, digest, registered, revision, openedAt, closing } = known;
  const item = known['item'] as { name: string; code: string; version: string };
  const { tier, department } = lead as { tier: string; department: string };
  const steps = known['steps'] as readonly Json[];
  return [
    `${known['caseId']}  ${item.name} (${item.code} v${item.version})`,
    `状态 status: ${status}   牵头 lead: ${tier} ${department}   任次 term: ${term}   办结 closing: ${closing ?? '—'}`,
    `登记 registered: ${registered} / ${revision}   自 opened: ${openedAt}`,
    `摘要 digest: ${digest}`,
    '',
    table(
      ['环节 step', '名称 name', '机关 organ', '状态 status', '结果 result', '期限 due'],
      steps.map((step) => {
        const organ = step['organ'] as { tier: string };
        return [
          step['id'],
          step['name'],
          organ.tier,
          step['status'],
          step['result'] ?? '',
          step['due'] ?? '',
        ];
      }),
    ),
  ].join('\n');
};

const eventsText = (events: readonly Json[]): string =>
  table(
    ['#', '类型 type', '层级 tier', '时间 time', '状态 standing', '不生效 without effect'],
    events.map((event, n) => [
      n + 1,
      String(event['type']).split('.')[2],
      event['tier'],
      event['time'],
      event['standing'],
      (event['withoutEffect'] as { code: string } | undefined)?.code ?? '',
    ]),
  );

const linksText = (report: Json): string => {
  const of = (name: string) => (report[name] ?? []) as readonly Json[];
  const drained = report['drained'] === true ? '已清空 drained' : '有积压 behind';
  return [
    `${report['tier']}  ${drained}  等待 waiting ${report['waiting']}  搁置 parked ${report['parked']}`,
    table(
      ['相邻 peer', '方向', '已连接 connected', '自 since', '停止 stopped'],
      of('links').map((link) => [
        link['peer'],
        link['direction'],
        link['connected'],
        link['since'] ?? '',
        link['stopped'] ?? '',
      ]),
    ),
    table(
      ['发往 to', '末号 head', '下一跳已收 acked', '终点已收 delivered', '滞后 lag'],
      of('outgoing').map((feed) => [
        feed['destination'],
        feed['head'],
        feed['acked'],
        feed['delivered'],
        feed['lag'],
      ]),
    ),
    table(
      ['来自 from', '末号 head', '已收 received', '滞后 lag', '等待 waiting', '搁置 parked'],
      of('incoming').map((feed) => [
        feed['author'],
        feed['head'] ?? '?',
        feed['received'],
        feed['lag'] ?? '?',
        feed['waiting'],
        feed['parked'],
      ]),
    ),
  ].join('\n');
};
