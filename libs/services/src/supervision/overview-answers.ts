import type { Overview, OverviewLine, OverviewRow } from '@liandong/application';
import { clockKinds, colours, figures, type Place } from '@liandong/domain/supervision';
import { z } from 'zod';
import { encodeCursor } from '../platform/paging.ts';

const instant = z.string().describe('UTC, RFC 3339');
const tenths = z.int().describe('十分之一工作日 · In tenths of a working day');
const share = z.strictObject({ done: z.int(), of: z.int() });

const place = {
  tier: z.string().optional().describe('区划代码 · Division code'),
  department: z.string().optional(),
  window: z.string().optional(),
  staff: z.string().optional().describe('仅本级可知，且仅向有权者列出 · Known to the own tier alone'),
  item: z.string().optional(),
};

const Counts = z.strictObject(Object.fromEntries(figures.map((figure) => [figure, z.int()]))).meta({
  id: 'Counts',
  description:
    '在办、将到期、已超期、已结、超承诺、超法定、待定；待发、已发、撤销、有效；补录、集中补录 · Open, due soon, late, ended, over the promised and the statutory limit, not to be judged; cards pending, issued, withdrawn, standing; entered late, entered in bulk',
});
const AgainstLimit = z.strictObject({
  of: z.int(),
  averageTenths: tenths.describe('平均时限 · The average limit'),
  over: z.int().describe('超限件数 · How many took longer'),
});
const Line = z
  .strictObject({
    ...place,
    name: z.strictObject({ zh: z.string(), en: z.string() }).optional(),
    counts: Counts,
    limits: z
      .array(
        z.strictObject({
          ...{ element: z.enum(clockKinds), counts: Counts },
          days: z
            .strictObject({
              ...{ ended: z.int(), averageTenths: tenths },
              p90Tenths: tenths.describe('九成不超过 · Nine of ten took no longer'),
              promised: AgainstLimit.optional().describe('与承诺时限相比 · Beside the promised limit'),
              statutory: AgainstLimit.optional().describe('与法定时限相比 · Beside the statutory limit'),
            })
            .optional(),
        }),
      )
      .describe('按时限种类 · By kind of limit'),
    cards: z.array(z.strictObject({ colour: z.enum(colours), counts: Counts })),
    uniformity: z
      .strictObject({
        ...{ compared: z.int(), uniform: z.int() },
        uniformIn: z.record(z.string(), z.int()),
      })
      .optional()
      .describe('标准化率 · How many of the compared items are uniform'),
    coverage: z
      .record(z.string(), share)
      .optional()
      .describe('三全覆盖、两集中、两到位 · Coverage in numbers'),
  })
  .meta({ id: 'OverviewLine', description: '总览的一行 · A line of the overview' });

export const OverviewAnswer = z.strictObject({
  asOf: instant.describe('截至此刻 · Everything time has changed by then is counted'),
  terms: z.string().describe('规则包未规定处所用参数 · The parameters used where rule packs say nothing'),
  items: z.array(Line),
  nextCursor: z.string().optional(),
});

export const RowsAnswer = z.strictObject({
  items: z.array(
    z
      .strictObject({
        ...{ ...place, tier: z.string(), department: z.string(), at: instant },
        stream: z.string().describe('由此得出 · What it follows from'),
        matter: z.string().describe('所涉办件 · The case it is about'),
        event: z.string().describe('所依据事件的 SHA-256 · The event behind it'),
        step: z.string().optional(),
        figures: z.array(z.enum(figures)),
        counted: z.looseObject({ kind: z.enum(['limit', 'card', 'lateEntry']) }),
      })
      .meta({ id: 'OverviewRow', description: '数字背后的一项 · One of the things behind a figure' }),
  ),
  nextCursor: z.string().optional(),
});

export const MatterEventsAnswer = z.strictObject({
  items: z.array(
    z.strictObject({
      ...{ type: z.string(), source: z.string(), id: z.string(), hash: z.string() },
      ...{ time: instant, recordedAt: instant.describe('录入时刻 · When it was recorded') },
    }),
  ),
  nextCursor: z.string().optional(),
});

export const overviewAnswer = ({ asOf, terms, rows, next }: Overview) => ({
  ...{ asOf, terms, items: rows.map(lineAnswer) },
  ...(next !== undefined && { nextCursor: encodeCursor(next) }),
});

const lineAnswer = ({ figures: { counts, limits, cards }, ...line }: OverviewLine) => ({
  ...{ ...line, counts, limits, cards },
});

export const rowAnswer = (
  { place: { staff, ...rest }, at, stream, matter, event, step, figures: of, counted }: OverviewRow,
  mayNameStaff: boolean,
) => {
  const shown: Place = { ...rest, ...(mayNameStaff && staff !== undefined && { staff }) };
  return { ...shown, at, stream, matter, event, ...(step !== undefined && { step }), figures: of, counted };
};
