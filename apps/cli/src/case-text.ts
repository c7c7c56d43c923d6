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

export const eventsText = (events: readonly Json[]): string =>
  table(
    ['#', '类型 type', '层级 tier', '时间 time', '状态 standing', '不生效 without effect'],
    events.map((event, n) => [
      n + 1,
      String(event['type']).split('.')[2],
      event['tier'],
      event['time'],
      event['standing'],
      (event['withoutEffect'] as { code: string } | undefined)?.code,
    ]),
  );
