import {
  type CaseFilter,
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
  type Views,
  type WorkRow,
  withStandards,
} from '@liandong/application';
import type { StreamName } from '@liandong/kernel';
import type { DataSource, ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import { cases, departments, items, tiers, work, type WorkRecord } from './entities.ts';
import { dueOrder } from './order.ts';

export const postgresViews = (source: DataSource): Views => {
  const caseRows = source.getRepository(cases);
  const workRows = source.getRepository(work);
  const itemRows = source.getRepository(items);
  const departmentRows = source.getRepository(departments);
  const tierRows = source.getRepository(tiers);

  return {
    case: async (caseId) => {
      const row = await caseRows.findOneBy({ caseId });
      return row === null ? undefined : withoutNulls(row);
    },
    cases: (filter, page) =>
      listed(narrowed(caseRows.createQueryBuilder('row'), conditions(filter)), page, {
        by: ['openedAt', 'caseId'],
        of: ({ openedAt, caseId }) => [openedAt, caseId],
        forms: [isInstant, isPlain],
        descending: true,
      }),
    worklist: async ({ tier, department, roles }, page) => {
      const query = narrowed(workRows.createQueryBuilder('row'), [
        ["row.act <> 'lapse'", {}],
        ['row.tier = :tier', { tier }],
        ['row.department = :department', { department }],
        ['row.roles && :roles', { roles }],
      ]);
      const { rows, ...rest } = await listed(query, page, {
        by: ['dueOrder', 'caseId', 'key'],
        of: (row) => [dueOrder(row), row.caseId, row.key],
        forms: [isInstant, isPlain, isPlain],
      });
      return { rows: rows.map(asWork), ...rest };
    },
    casesDue: async (tier, at, limit) => {
      const found = await source.query<readonly { case_id: StreamName }[]>(
        `SELECT case_id FROM work WHERE act = 'lapse' AND tier = $1 AND department = '' AND due_order < $2
         GROUP BY case_id ORDER BY min(due_order), case_id LIMIT $3`,
        [tier, at, limit],
      );
      return found.map(({ case_id }) => case_id);
    },
    items: async (filter, page) => {
      const { rows, ...rest } = await listed(
        narrowed(itemRows.createQueryBuilder('row'), itemConditions(filter)),
        page,
        {
          by: ['code', 'tier', 'entry'],
          of: ({ code, tier, entry }) => [code, tier, String(entry)],
          forms: [isPlain, isPlain, isCount],
        },
      );
      return { rows: withStandards(rows, await standardsFor(rows)), ...rest };
    },
    departments: (tier, page) =>
      listed(narrowed(departmentRows.createQueryBuilder('row'), [['row.tier = :tier', { tier }]]), page, {
        by: ['tier', 'department'],
        of: (row) => [row.tier, row.department],
        forms: [isPlain, isPlain],
      }),
    tiers: async () => (await tierRows.find({ order: { tier: 'ASC' } })).map(withoutNulls),
  };

  async function standardsFor(rows: readonly ItemRow[]): Promise<readonly ItemRow[]> {
    const wanted = standardsOf(rows);
    if (wanted.length === 0) return [];
    const where = wanted.map((standard) => ({ ...standard, origin: 'published' as const }));
    return (await itemRows.findBy(where)).map(withoutNulls);
  }
};

/** A condition, and the parameters it needs; left out if one of them is not given. */
type Condition = readonly [string, ObjectLiteral];

const conditions = (filter: CaseFilter): readonly Condition[] => {
  const { status, item, number, tier, department, leadTier, agentPoint, needsUpgrade } = filter;
  const party = department === undefined ? tier : `${tier ?? ''}/${department}`;
  return [
    ['row.status = :status', { status }],
    ['row.itemCode = :item', { item }],
    ['row.number = :number', { number }],
    ['row.parties @> :parties', { parties: party === undefined ? undefined : [party] }],
    ['row.leadTier = :leadTier', { leadTier }],
    ['row.intakeAgentPoint = :agentPoint', { agentPoint }],
    ['row.needsUpgrade = :needsUpgrade', { needsUpgrade }],
  ];
};

const itemConditions = ({ tier, code, on }: ItemFilter): readonly Condition[] => [
  ['row.tier = :tier', { tier }],
  ['row.code = :code', { code }],
  ['row.effectiveFrom <= :on AND (row.supersededOn IS NULL OR :on < row.supersededOn)', { on }],
];

const narrowed = <Row extends ObjectLiteral>(
  query: SelectQueryBuilder<Row>,
  all: readonly Condition[],
): SelectQueryBuilder<Row> => {
  for (const [condition, parameters] of all)
    if (Object.values(parameters).every((value) => value !== undefined))
      query.andWhere(condition, parameters);
  return query;
};

type Order<Row> = {
  readonly by: readonly (keyof Row & string)[];
  readonly of: (row: Row) => readonly string[];
  readonly forms: readonly ((part: string) => boolean)[];
  readonly descending?: boolean;
};

/** One page by key: it begins where the last one ended, however many rows lie before. */
const listed = async <Row extends ObjectLiteral>(
  query: SelectQueryBuilder<Row>,
  { limit, after }: PageRequest,
  { by, of, forms, descending = false }: Order<Row>,
): Promise<Page<Row>> => {
  if (after !== undefined) {
    const place = placeParts(after, ...forms);
    if (place === undefined) return { rows: [] };
    const names = place.map((_, n) => `:place${n}`).join(', ');
    query.andWhere(
      `(${by.map((name) => `row.${name}`).join(', ')}) ${descending ? '<' : '>'} (${names})`,
      Object.fromEntries(place.map((part, n) => [`place${n}`, part])),
    );
  }
  for (const name of by) query.addOrderBy(`row.${name}`, descending ? 'DESC' : 'ASC');
  const rows = await query.limit(limit + 1).getMany();
  return pageOf(rows.map(withoutNulls), limit, (row) => placeText(...of(row)));
};

/** A member that a row does not have is NULL in the database, and no member here. */
const withoutNulls = <Row extends object>(row: Row): Row =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as Row;

const asWork = ({ dueOrder: _, ...row }: WorkRecord): WorkRow => row;
