import type { TierCode } from '@liandong/kernel';
import { clockKinds, type ClockKind, colours, type Colour } from './codes.ts';
import { type Counted, type Figure, figures } from './figures.ts';

/** Whose it is that is counted, and about what. Staff are named only where a tier knows its own people. */
export type Place = {
  readonly tier: TierCode;
  readonly department: string;
  readonly window?: string;
  readonly staff?: string;
  readonly item?: string;
};

export const dimensions = ['tier', 'department', 'window', 'staff', 'item'] as const;
export type Dimension = (typeof dimensions)[number];

/** Everything of a thing that the numbers need. Things that are equal in it are counted together. */
export type Tallied = {
  readonly place: Place;
  readonly sort: ClockKind | Colour | 'lateEntry';
  readonly figures: readonly Figure[];
  readonly ranTenths?: number;
  readonly promisedDays?: number;
  readonly statutoryDays?: number;
};
export type Tally = { readonly tallied: Tallied; readonly count: number };

export const talliedOf = (place: Place, counted: Counted, figuresNow: readonly Figure[]): Tallied => {
  switch (counted.kind) {
    case 'limit': {
      const { element: sort, standing } = counted;
      const { ranTenths, promisedDays, statutoryDays } = standing ?? {};
      return {
        ...{ place, sort, figures: figuresNow },
        // What still runs has no length yet, and its limits say nothing about those that ended.
        ...(ranTenths !== undefined && {
          ranTenths,
          ...(promisedDays !== undefined && { promisedDays }),
          ...(statutoryDays !== undefined && { statutoryDays }),
        }),
      };
    }
    case 'card':
      return { place, sort: counted.colour, figures: figuresNow };
    case 'lateEntry':
      return { place, sort: 'lateEntry', figures: figuresNow };
  }
};

/** Days of what has ended, beside a limit, in tenths: of those that had the limit, how many were over it. */
export type AgainstLimit = {
  readonly of: number;
  readonly averageTenths: number;
  readonly over: number;
};
export type DaysTaken = {
  readonly ended: number;
  readonly averageTenths: number;
  /** Nine of ten took no longer. */
  readonly p90Tenths: number;
  readonly promised?: AgainstLimit;
  readonly statutory?: AgainstLimit;
};

export type Counts = Readonly<Record<Figure, number>>;

export type Figures = {
  readonly counts: Counts;
  readonly limits: readonly {
    readonly element: ClockKind;
    readonly counts: Counts;
    readonly days?: DaysTaken;
  }[];
  readonly cards: readonly { readonly colour: Colour; readonly counts: Counts }[];
};

/** What a group of tallies comes to. It hangs on the set of what was counted, not on any order. */
export const figuresOf = (tallies: readonly Tally[]): Figures => {
  const bySort = Map.groupBy(tallies, ({ tallied }) => tallied.sort);
  return {
    counts: countsOf(tallies),
    limits: clockKinds.flatMap((element) => {
      const of = bySort.get(element);
      if (of === undefined) return [];
      const days = daysTaken(of);
      return [{ element, counts: countsOf(of), ...(days !== undefined && { days }) }];
    }),
    cards: colours.flatMap((colour) => {
      const of = bySort.get(colour);
      return of === undefined ? [] : [{ colour, counts: countsOf(of) }];
    }),
  };
};

const countsOf = (tallies: readonly Tally[]): Counts => {
  const counts = Object.fromEntries(figures.map((figure) => [figure, 0])) as Record<Figure, number>;
  for (const { tallied, count } of tallies) for (const figure of tallied.figures) counts[figure] += count;
  return counts;
};

const daysTaken = (tallies: readonly Tally[]): DaysTaken | undefined => {
  const ran = tallies
    .flatMap(({ tallied, count }) =>
      tallied.ranTenths === undefined ? [] : [{ tallied, count, tenths: tallied.ranTenths }],
    )
    .toSorted((a, b) => a.tenths - b.tenths);
  const ended = sum(ran, ({ count }) => count);
  if (ended === 0) return undefined;
  const [promised, statutory] = [
    against(ran, ({ promisedDays }) => promisedDays, 'overPromised'),
    against(ran, ({ statutoryDays }) => statutoryDays, 'overStatutory'),
  ];
  return {
    ended,
    averageTenths: Math.round(sum(ran, ({ tenths, count }) => tenths * count) / ended),
    p90Tenths: atRank(ran, Math.ceil(ended * 0.9)),
    ...(promised !== undefined && { promised }),
    ...(statutory !== undefined && { statutory }),
  };
};

const against = (
  ran: readonly Tally[],
  daysOf: (tallied: Tallied) => number | undefined,
  over: Figure,
): AgainstLimit | undefined => {
  const limited = ran.filter(({ tallied }) => daysOf(tallied) !== undefined);
  const of = sum(limited, ({ count }) => count);
  if (of === 0) return undefined;
  return {
    of,
    averageTenths: Math.round(sum(limited, ({ tallied, count }) => 10 * (daysOf(tallied) ?? 0) * count) / of),
    over: sum(limited, ({ tallied, count }) => (tallied.figures.includes(over) ? count : 0)),
  };
};

const atRank = (
  sorted: readonly { readonly tenths: number; readonly count: number }[],
  rank: number,
): number => {
  let passed = 0;
  for (const { tenths, count } of sorted) {
    passed += count;
    if (passed >= rank) return tenths;
  }
  return 0;
};

const sum = <One>(all: readonly One[], of: (one: One) => number): number =>
  all.reduce((total, one) => total + of(one), 0);
