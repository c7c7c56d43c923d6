import type { Instant } from './indicators.ts';

export const periodKinds = ['month', 'quarter', 'year'] as const;
export type PeriodKind = (typeof periodKinds)[number];

/** A stretch of time in Asia/Shanghai: from its first instant to the first one after it. */
export type Period = {
  readonly name: string;
  readonly kind: PeriodKind;
  readonly from: Instant;
  readonly until: Instant;
};

/** Asia/Shanghai has been UTC+8 without summer time since September 1991. */
const offset = 8 * 3_600_000;
const months: Readonly<Record<PeriodKind, number>> = { month: 1, quarter: 3, year: 12 };

/** `2026`, `2026Q1` or `202603`; `undefined` for what names no period. */
export const periodNamed = (name: string): Period | undefined => {
  const parts = /^(\d{4})(?:Q([1-4])|(0[1-9]|1[0-2]))?$/.exec(name);
  if (parts === null) return undefined;
  const [, year, quarter, month] = parts;
  const kind = month !== undefined ? 'month' : quarter !== undefined ? 'quarter' : 'year';
  const first = month !== undefined ? Number(month) - 1 : quarter !== undefined ? 3 * Number(quarter) - 3 : 0;
  const start = (of: number) => new Date(Date.UTC(Number(year), of) - offset).toISOString();
  return { name, kind, from: start(first), until: start(first + months[kind]) };
};
