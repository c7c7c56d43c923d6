import { trustLevels } from '@liandong/domain/catalogue';
import type { Decision, Dossier, MaterialSeen } from './dossier-parts.ts';
import type { ProvenEvent } from './proven-events.ts';

/** The dossier as one page: nothing is loaded from anywhere, and nothing in it can become markup. */
export const dossierPage = ({
  caseId,
  digest,
  registered,
  guide,
  events,
  decisions,
  unproven,
}: Dossier): string =>
  `<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${text(caseId)}</title>
<style>
body { font: 16px/1.6 sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; margin: 0 0 1rem; }
th, td { border: 1px solid #999; padding: .25rem .5rem; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
code { font-size: .85em; }
</style>
</head>
<body>
<h1>决定卷宗 Decision dossier</h1>
${table([
  ['办件 Case', code(caseId)],
  ['登记 Registered', `${registered} / ${events.length}`],
  ['摘要 Digest', code(digest)],
])}
${unproven.length === 0 ? '' : `<p>未能证明的在先事件 Earlier events that are not proven here: ${unproven.map(code).join(' ')}</p>`}
${decisions.length === 0 ? '<p>尚无可证明的决定。No decision can be shown yet.</p>' : ''}
<h2>办事指南 Guide</h2>
${guideTable(guide)}
${decisions.map(decision).join('\n')}
<h2>登记簿 Register</h2>
${table(events.map(eventRow), ['序 No.', '事件 Event', '时间 Time', '作者 Author', '证明 Proof'])}
</body>
</html>
`;

const decision = ({ event, before, seen, materials }: Decision): string => `<h2>${text(nameOf(event))}</h2>
${table([
  ['作出时间 Decided', text(event.envelope.time)],
  ['决定者 By', `${text(event.origin)} ${code(event.envelope.authid)}`],
  ['事项 Item', `${text(before.item.name)} ${code(before.item.code)}`],
  ['目录版本 Catalogue version', `${text(before.item.version)} ${code(before.item.hash)}`],
  ['当时状态 Status then', text(before.status)],
  ['牵头 Lead', text(before.lead.tier)],
  ['缺少材料 Missing', text(before.missing.join(', ') || '无 none')],
  ['所见事件 Events seen', seen.map(code).join('<br>')],
  ['决定内容 What was decided', code(JSON.stringify(event.envelope.data))],
])}
<h3>材料 Materials</h3>
${table(materials.map(materialRow), [
  '材料 Material',
  '可信等级 Trust',
  '要求 Asked for',
  '文件 Documents (SHA-256)',
])}
<h3>意见 Opinions</h3>
${table(
  before.steps.map(({ name, organ, status, result, answeredAt }) =>
    [name, `${organ.tier} ${organ.department}`, status, result ?? '—', answeredAt ?? '—'].map(text),
  ),
  ['环节 Step', '机关 Organ', '状态 Status', '结果 Result', '时间 Time'],
)}
<h3>期限 Limits</h3>
${table(
  before.deadlines.map(({ kind, due, tier, step }) => [kind, due, tier, step ?? '—'].map(text)),
  ['期限 Limit', '截止 Due', '层级 Tier', '环节 Step'],
)}`;

const guideTable = (guide: Dossier['guide']): string => {
  if (guide === undefined)
    return '<p>所依据的目录版本不在所给账本中 The version that applied is not in the ledgers given here.</p>';
  const { version, published, adopted } = guide;
  return table([
    ['事项 Item', `${text(version.name.zh)} ${text(version.name.en)} ${code(version.code)}`],
    ['版本 Version', `${version.version} · ${text(version.effectiveFrom)}`],
    ['公布 Published', provenLink(published)],
    ...(adopted === undefined ? [] : [['采用 Adopted', provenLink(adopted)]]),
    [
      '期限 Limits',
      `承诺 promised ${version.limits.promisedDays} · 法定 statutory ${version.limits.statutoryDays ?? '—'}`,
    ],
    ['条件 Conditions', version.conditions.map(({ zh, en }) => text(`${zh} ${en}`)).join('<br>') || '—'],
    ['依据 Legal basis', version.legalBasis.map((basis) => code(JSON.stringify(basis))).join('<br>') || '—'],
  ]);
};

const provenLink = ({ origin, hash, seq }: ProvenEvent): string =>
  `${text(origin)} <a href="events/${text(hash)}.json">${code(hash)}</a> <a href="proofs/${text(hash)}.tlog-proof">${seq}</a>`;

const materialRow = ({
  code: name,
  name: title,
  trust,
  required,
  tolerable,
  documents,
}: MaterialSeen): readonly string[] => [
  `${text(title)} ${code(name)}`,
  trust === undefined ? '—' : text(`${trust} ${trustLevels[trust].zh} ${trustLevels[trust].en}`),
  `${required ? '必需 required' : '非必需 optional'}${tolerable ? ' · 可容缺 tolerable' : ''}`,
  documents.map(code).join('<br>') || '缺 missing',
];

const eventRow = (event: ProvenEvent, n: number): readonly string[] => [
  String(n + 1),
  `${text(nameOf(event))}<br><a href="events/${text(event.hash)}.json">${code(event.hash)}</a>${overrideOf(event)}`,
  text(event.envelope.recordedtime),
  `${text(event.origin)} ${code(event.envelope.authid)}`,
  `<a href="proofs/${text(event.hash)}.tlog-proof">${event.seq}</a>`,
];

/** That the lead did not wait until what it built on was anchored is for the reader to see at once. */
const overrideOf = ({ envelope }: ProvenEvent): string => {
  const { beforeAnchoring } = envelope.data as { readonly beforeAnchoring?: { readonly ground?: unknown } };
  return beforeAnchoring === undefined
    ? ''
    : `<br>先于锚定 Before anchoring: ${text(String(beforeAnchoring.ground))}`;
};

const nameOf = ({ envelope }: ProvenEvent): string => envelope.type;

/** Cells are markup already. */
const table = (rows: readonly (readonly string[])[], heading?: readonly string[]): string =>
  [
    '<table>',
    ...(heading === undefined ? [] : [`<tr>${heading.map((cell) => `<th>${cell}</th>`).join('')}</tr>`]),
    ...rows.map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join('')}</tr>`),
    '</table>',
  ].join('\n');

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const text = (value: string): string => value.replaceAll(/[&<>"']/g, (character) => escapes[character] ?? '');
const code = (value: string): string => `<code>${text(value)}</code>`;
