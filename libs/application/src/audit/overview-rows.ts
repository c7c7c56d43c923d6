import { type Place, type Tallied, talliedOf, type Tally } from '@liandong/domain/supervision';
import { canonicalJson, type TierCode } from '@liandong/kernel';
import { rowAt } from '../overview/rows.ts';
import type { OverviewRow } from '../ports/overview-book.ts';
import { type Compared, firstDifference, type Row } from './replay.ts';

/** Whether it can be told of a tier's work, without its people, what was entered in bulk. */
export type BulkKnown = (tier: TierCode) => boolean;

/** A row as far as it is known without a tier's secret. */
export const unnamed = (row: OverviewRow, known: BulkKnown): OverviewRow => {
  const { counted, figures } = row;
  const place = nobodyAt(row.place);
  if (counted.kind !== 'lateEntry' || known(place.tier)) return { ...row, place };
  return { ...row, place, counted: { ...counted, bulk: false }, figures: withoutBulk(figures) };
};

/** The tally of everybody together. */
export const unnamedTally = (tally: readonly Tally[], known: BulkKnown): readonly Tally[] =>
  summed(tally.map(({ tallied, count }) => ({ tallied: unnamedTallied(tallied, known), count })));

const unnamedTallied = (tallied: Tallied, known: BulkKnown): Tallied => {
  const place = nobodyAt(tallied.place);
  if (tallied.sort !== 'lateEntry' || known(place.tier)) return { ...tallied, place };
  return { ...tallied, place, figures: withoutBulk(tallied.figures) };
};

const nobodyAt = ({ staff: _, ...place }: Place): Place => place;

const withoutBulk = (figures: OverviewRow['figures']) => figures.filter((figure) => figure !== 'bulk');

/** A row is turned shortly after it is due, and before anybody is shown it. */
const turned = 60_000;

/** Rows as they are now; those that have just come due, as the live ones still are. */
export const turningWith = (
  held: readonly OverviewRow[],
  made: readonly OverviewRow[],
  now: string,
): readonly OverviewRow[] => {
  const live = new Map(held.map(({ key, figures }) => [key, figures.join()]));
  const before = new Date(Date.parse(now) - turned).toISOString();
  return made.map((row) => {
    if (row.counted.kind !== 'limit') return row;
    const earlier = rowAt(row, before);
    return live.get(row.key) === earlier.figures.join() ? earlier : row;
  });
};

export const tallyOf = (rows: readonly OverviewRow[]): readonly Tally[] =>
  summed(
    rows.map(({ place, counted, figures }) => ({ tallied: talliedOf(place, counted, figures), count: 1 })),
  );

const summed = (tallies: readonly Tally[]): readonly Tally[] =>
  [...Map.groupBy(tallies, ({ tallied }) => canonicalJson(tallied)).values()].flatMap((same) =>
    same.slice(0, 1).map(({ tallied }) => ({
      ...{ tallied, count: same.reduce((total, { count }) => total + count, 0) },
    })),
  );

/** Things by their keys, then the numbers by what they are the numbers of. */
export const viewed = (rows: readonly OverviewRow[], tallies: readonly Tally[]): ReadonlyMap<string, Row> =>
  new Map(
    [
      ...rows.map((row): [string, Row] => [row.key, { ...row }]),
      ...tallies.map(({ tallied, count }): [string, Row] => [canonicalJson(tallied), { ...tallied, count }]),
    ].toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );

/** Counts the rows up to the first that is not the same, and names that one. */
export const compared = (live: ReadonlyMap<string, Row>, made: ReadonlyMap<string, Row>): Compared => {
  let rows = 0;
  for (const key of [...new Set([...live.keys(), ...made.keys()])].sort()) {
    const difference = firstDifference(live.get(key), made.get(key));
    if (difference !== undefined) return { rows, divergence: { projection: 'overview', key, ...difference } };
    rows++;
  }
  return { rows };
};
