import type { AuditReport, Compared, Replayed } from '@liandong/application';
import { type Counts, figures } from '@liandong/domain/supervision';
import { figureNames } from './overview.ts';
import { shown, table } from './table.ts';

/** What an auditor reads; everything in it is in the JSON too. */
export const reportText = ({ ok, exports, between }: AuditReport, policyGiven: boolean): string =>
  [
    table(
      ['导出 export', '账本 ledger', '条数 size', '已核 checked', '见证 witnesses', '问题 faults'],
      exports.map((each) => [
        each.folder,
        each.origin ?? '—',
        each.size ?? '—',
        each.checked,
        each.witnesses.length,
        each.faults.length,
      ]),
    ),
    ...exports.flatMap(({ folder, policySha256, keysSha256 }) => [
      `${folder}  policy sha256 ${policySha256 ?? '—'}`,
      `${folder}  keys   sha256 ${keysSha256 ?? '—'}`,
    ]),
    `案卷 streams ${between.streams}  重建登记簿 registers made again ${between.registers}` +
      `  未能证明 unproven ${between.unproven}  其后 later ${between.later}`,
    ...exports.flatMap(({ folder, faults }) => faults.map((fault) => `✗ ${folder}: ${placeText(fault)}`)),
    ...between.faults.map((fault) => `✗ ${placeText(fault)}`),
    policyGiven
      ? ''
      : '策略与公钥取自导出本身，请与别处所得比对 · policy and keys are the folder’s own: compare the sums above',
    ok ? '✓ 核验通过 · verified' : '✗ 核验不通过 · not verified',
  ]
    .filter((line) => line !== '')
    .join('\n');

const placeText = ({ code, ...place }: { readonly code: string }): string =>
  [code, ...Object.entries(place).map(([name, value]) => `${name}=${shown(value)}`)].join(' ');

export const replayText = ({ tier, at, streams, compared, case: row, overview, leftOut }: Replayed): string =>
  [
    `${tier}${at === null ? '' : ` @ ${at}`}：已重放 ${streams} 个案卷 · ${streams} streams replayed`,
    ...(row === undefined ? [] : [row === null ? '不持有 · not held' : JSON.stringify(row, null, 2)]),
    ...(overview ?? []).map((each) => `${each.tier}  ${countsText(each.figures.counts)}`),
    ...(leftOut === undefined
      ? []
      : ['不含人员，亦不含本级集中补录 · without staff, and without what this tier entered in bulk']),
    verdictText(compared),
  ].join('\n');

const countsText = (counts: Counts): string =>
  figures
    .flatMap((figure) => (counts[figure] === 0 ? [] : [`${figureNames[figure]} ${counts[figure]}`]))
    .join('  ');

const verdictText = (compared: Compared | null): string => {
  if (compared === null) return '往时之态，无可比较 · a past state: no live view to compare it with';
  const { rows, divergence } = compared;
  if (divergence === undefined) return `✓ ${rows} 行与现行视图一致 · ${rows} rows equal the live views`;
  const { projection, key, field, live, replayed } = divergence;
  return [
    `✗ 首处不一致 · first divergence: ${projection} ${key} ${field}`,
    `  现行 live ${shown(live)}`,
    `  重放 replayed ${shown(replayed)}`,
  ].join('\n');
};
