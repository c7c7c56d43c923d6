import type { Json } from './http.ts';
import { shown, table } from './table.ts';

export const caseText = (known: Json): string => {
  const { status, lead, term, digest, registered, revision, openedAt, closing } = known;
  const item = known['item'] as { name: string; code: string; version: string };
  const { tier, department } = lead as { tier: string; department: string };
  const steps = known['steps'] as readonly Json[];
  return [
    `${shown(known['caseId'])}  ${item.name} (${item.code} v${item.version})`,
    `状态 status: ${shown(status)}   牵头 lead: ${tier} ${department}   任期 term: ${shown(term)}   办结 closing: ${shown(closing ?? '—')}`,
    `登记/已知 registered/recorded: ${shown(registered)}/${shown(revision)}   自 opened: ${shown(openedAt)}`,
    `摘要 digest: ${shown(digest)}`,
    '',
    table(
      ['步骤 step', '名称 name', '机关 organ', '状态 status', '结果 result', '期限 due'],
      steps.map((step) => [
        step['id'],
        step['name'],
        (step['organ'] as { tier: string }).tier,
        step['status'],
        step['result'],
        step['due'],
      ]),
    ),
  ].join('\n');
};

const standings: Readonly<Record<string, string>> = {
  recorded: '已记录 recorded',
  anchored: '已锚定 anchored',
  registered: '已登记 registered',
  pending: '待接收 pending',
};

const grounds: Readonly<Record<string, string>> = {
  statutoryLimit: '法定期限 statutoryLimit',
  publicSafety: '公共安全 publicSafety',
  irreparableHarm: '难以挽回的损害 irreparableHarm',
  prolongedOutage: '见证长时间中断 prolongedOutage',
};

/** A code as people read it; one that a newer service sends is shown as it came. */
const said = (words: Readonly<Record<string, string>>, code: unknown): unknown =>
  typeof code === 'string' && Object.hasOwn(words, code) ? words[code] : code;

/** The leaf of an event in its tier's ledger, and the checkpoint that anchored it. */
const placeText = (ledger: { seq: number; checkpointSize?: number } | undefined): string | undefined =>
  ledger && `${ledger.seq}${ledger.checkpointSize === undefined ? '' : ` < ${ledger.checkpointSize}`}`;

/** What keeps an event from having effect, or from the store at all. */
const obstacle = (event: Json): string | undefined => {
  const pending = event['pending'] as { reason: string; missing: readonly string[] } | undefined;
  if (pending === undefined) return (event['withoutEffect'] as { code: string } | undefined)?.code;
  return [pending.reason, ...pending.missing.map((hash) => hash.slice(0, 16))].join(' ');
};

export const eventsText = (events: readonly Json[]): string => {
  const overridden = events.some((event) => event['beforeAnchoring'] !== undefined);
  return table(
    [
      ...['#', '类型 type', '层级 tier', '时间 time', '状态 standing', '账本<检查点 seq<size'],
      ...(overridden ? ['先于锚定 before anchoring'] : []),
      '不生效或待接收 without effect, or waiting',
    ],
    events.map((event, n) => [
      ...[n + 1, String(event['type']).split('.')[2], event['tier'], event['time']],
      said(standings, event['standing']),
      placeText(event['ledger'] as { seq: number; checkpointSize?: number } | undefined),
      ...(overridden ? [said(grounds, event['beforeAnchoring'])] : []),
      obstacle(event),
    ]),
  );
};
