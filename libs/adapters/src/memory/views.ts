import {
  type CaseFilter,
  type CaseRow,
  type DepartmentRow,
  isCount,
  isInstant,
  isPlain,
  type ItemFilter,
  type ItemRow,
  type Page,
  pageOf,
  type PageRequest,
  placeParts,
  placeText,
  standardsOf,
  start,
  type TierRow,
  type ViewChanges,
  type Views,
  type ViewWriter,
  withStandards,
  type WorkFilter,
  type WorkRow,
} from '@liandong/application';
import type { StreamName, TierCode } from '@liandong/kernel';
import { type ParkedTable, parkedTable } from './parking.ts';

/** Views that end with their process. For tests of what stands on views. */
export const memoryViews = (parked: ParkedTable = parkedTable()): Views & ViewWriter => {
  const cases = new Map<StreamName, CaseRow>();
  const work = new Map<StreamName, readonly WorkRow[]>();
  const items = new Map<string, ItemRow>();
  const departments = new Map<string, DepartmentRow>();
  const tiers = new Map<TierCode, TierRow>();
  let reached = start;
  let madeBy: string | undefined;

  const write = (changes: ViewChanges) => {
    for (const { row, work: rows } of changes.cases) {
      cases.set(row.caseId, row);
      work.set(row.caseId, rows);
    }
    for (const row of changes.items) items.set(`${row.code} ${row.tier} ${row.entry}`, row);
    for (const row of changes.departments) departments.set(`${row.tier} ${row.department}`, row);
    for (const row of changes.tiers) tiers.set(row.tier, row);
    for (const failure of changes.parked ?? []) parked.park('views', failure);
    parked.hold('views', changes.held ?? []);
  };

  return {
    begin: async (version) => {
      if (madeBy !== version) {
        for (const rows of [cases, work, items, departments, tiers]) rows.clear();
        parked.empty('views');
        reached = start;
        madeBy = version;
      }
      return reached;
    },
    save: async (from, to, changes) => {
      const held = changes.held ?? [];
      if (reached !== from || held.some(({ stream }) => !parked.has('views', stream))) return false;
      write(structuredClone(changes));
      reached = to;
      return true;
    },
    redriven: async (waiting, changes) => {
      if (!parked.release('views', waiting)) return false;
      write(structuredClone(changes));
      return true;
    },
    case: async (caseId) => cases.get(caseId),
    cases: async (filter, page) =>
      listed(
        [...cases.values()].filter((row) => matches(row, filter)),
        page,
        { of: ({ openedAt, caseId }) => [openedAt, caseId], forms: [isInstant, isPlain], descending: true },
      ),
    worklist: async (filter, page) =>
      listed(
        [...work.values()].flat().filter((row) => waitsFor(row, filter)),
        page,
        {
          of: ({ due, caseId, key }) => [due ?? noLimit, caseId, key],
          forms: [isInstant, isPlain, isPlain],
        },
      ),
    casesDue: async (tier, at, limit) => {
      const due = [...work.values()]
        .flat()
        .filter((row) => row.act === 'lapse' && row.tier === tier && row.due !== undefined && row.due < at)
        .toSorted((a, b) => compare([a.due ?? '', a.caseId], [b.due ?? '', b.caseId]));
      return [...new Set(due.map(({ caseId }) => caseId))].slice(0, limit);
    },
    items: async (filter, page) => {
      const all = [...items.values()];
      const { rows, ...rest } = listed(
        all.filter((row) => isAsked(row, filter)),
        page,
        {
          of: ({ code, tier, entry }) => [code, tier, String(entry).padStart(9, '0')],
          forms: [isPlain, isPlain, isCount],
        },
      );
      const wanted = standardsOf(rows);
      const standards = all.filter(({ origin, tier, code, version }) =>
        wanted.some(
          (one) =>
            origin === 'published' && one.tier === tier && one.code === code && one.version === version,
        ),
      );
      return { rows: withStandards(rows, standards), ...rest };
    },
    departments: async (tier, page) =>
      listed(
        [...departments.values()].filter((row) => tier === undefined || row.tier === tier),
        page,
        { of: (row) => [row.tier, row.department], forms: [isPlain, isPlain] },
      ),
    tiers: async () => [...tiers.values()].toSorted((a, b) => compare([a.tier], [b.tier])),
  };
};

/** After every limit that a law could set. */
const noLimit = '9999-12-31T23:59:59.999Z';

const matches = (row: CaseRow, filter: CaseFilter): boolean => {
  const { status, item, number, tier, department, leadTier, agentPoint, needsUpgrade } = filter;
  const party = department === undefined ? tier : `${tier ?? ''}/${department}`;
  return (
    (status === undefined || row.status === status) &&
    (item === undefined || row.itemCode === item) &&
    (number === undefined || row.number === number) &&
    (party === undefined || row.parties.includes(party)) &&
    (leadTier === undefined || row.leadTier === leadTier) &&
    (agentPoint === undefined || row.intakeAgentPoint === agentPoint) &&
    (needsUpgrade === undefined || row.needsUpgrade === needsUpgrade)
  );
};

const waitsFor = (row: WorkRow, { tier, department, roles }: WorkFilter): boolean =>
  row.act !== 'lapse' &&
  row.tier === tier &&
  (department === undefined || row.department === department) &&
  (roles === undefined || row.roles.some((role) => roles.includes(role)));

const isAsked = (row: ItemRow, { tier, code, on }: ItemFilter): boolean =>
  (tier === undefined || row.tier === tier) &&
  (code === undefined || row.code === code) &&
  (on === undefined ||
    (row.effectiveFrom <= on && (row.supersededOn === undefined || on < row.supersededOn)));

type Order<Row> = {
  readonly of: (row: Row) => readonly string[];
  readonly forms: readonly ((part: string) => boolean)[];
  readonly descending?: boolean;
};

const listed = <Row>(
  rows: readonly Row[],
  { limit, after }: PageRequest,
  { of, forms, descending = false }: Order<Row>,
): Page<Row> => {
  const place = after === undefined ? undefined : placeParts(after, ...forms);
  if (after !== undefined && place === undefined) return { rows: [] };
  const sign = descending ? -1 : 1;
  const rest = rows
    .filter((row) => place === undefined || sign * compare(of(row), place) > 0)
    .toSorted((a, b) => sign * compare(of(a), of(b)));
  return pageOf(rest, limit, (row) => placeText(...of(row)));
};

const compare = (a: readonly string[], b: readonly string[]): number => {
  const at = a.findIndex((part, n) => part !== b[n]);
  return at === -1 ? 0 : (a[at] ?? '') < (b[at] ?? '') ? -1 : 1;
};
