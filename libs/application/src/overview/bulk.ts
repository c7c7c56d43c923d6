import { bulkAmong, type CountedEntry } from '@liandong/domain/supervision';
import { canonicalJson, type StreamName } from '@liandong/kernel';
import type { Desk, OverviewBook, OverviewRow } from '../ports/overview-book.ts';
import { rowAt } from './rows.ts';

type EntryRow = OverviewRow & { readonly counted: CountedEntry };
const isEntry = (row: OverviewRow): row is EntryRow => row.counted.kind === 'lateEntry';

/** The rows of a stream as they are beside what was entered late in others, and the rows of others that it changes. */
export type Beside = {
  readonly rows: readonly OverviewRow[];
  readonly others: readonly OverviewRow[];
};

/**
 * Finds what was entered in bulk once a stream has other rows than before. Whether a fact
 * was hangs on those recorded about the same time at its desk, and on no others.
 */
export const bulkBeside = async (
  book: Pick<OverviewBook, 'enteredLate'>,
  stream: StreamName,
  before: readonly OverviewRow[],
  after: readonly OverviewRow[],
  at: string,
): Promise<Beside> => {
  const own = after.filter(isEntry);
  const desks = Map.groupBy([...before.filter(isEntry), ...own], (row) => canonicalJson(deskOf(row)));
  const bulk = new Set<string>();
  const others: OverviewRow[] = [];
  for (const touched of desks.values()) {
    const [first] = touched;
    if (first === undefined) continue;
    const { from, to, span } = stretchOf(touched);
    const held = await book.enteredLate(deskOf(first), textOf(from - 2 * span), textOf(to + 2 * span));
    const beside = held.filter(isEntry).filter((row) => row.stream !== stream);
    const key = canonicalJson(deskOf(first));
    const all = [...own.filter((row) => canonicalJson(deskOf(row)) === key), ...beside];
    const found = bulkAmong(all.map(enteredLate));
    for (const each of found) bulk.add(each);
    // Farther away than the span, a row has neighbours that were not read; nothing changed about it.
    const near = beside.filter(({ at: then }) => {
      const time = Date.parse(then);
      return time >= from - span && time <= to + span;
    });
    others.push(...near.flatMap((row) => remarked(row, found.has(row.key), at)));
  }
  return { rows: after.map((row) => marked(row, bulk.has(row.key), at)), others };
};

/** The same of all rows at once, each as it is at an instant. */
export const bulkAmongAll = (rows: readonly OverviewRow[], at: string): readonly OverviewRow[] => {
  const desks = Map.groupBy(rows.filter(isEntry), (row) => canonicalJson(deskOf(row)));
  const bulk = new Set([...desks.values()].flatMap((desk) => [...bulkAmong(desk.map(enteredLate))]));
  return rows.map((row) => marked(row, bulk.has(row.key), at));
};

const deskOf = ({ place }: OverviewRow): Desk => {
  const { item: _, ...desk } = place;
  return desk;
};

const stretchOf = (rows: readonly EntryRow[]) => {
  const times = rows.map(({ at }) => Date.parse(at));
  const span = Math.max(...rows.map(({ counted }) => counted.withinMinutes)) * 60_000;
  return { from: Math.min(...times), to: Math.max(...times), span };
};

const textOf = (milliseconds: number): string => new Date(milliseconds).toISOString();

const enteredLate = ({ key, at, counted: { facts, withinMinutes } }: EntryRow) => ({
  ...{ key, recordedAt: at, facts, withinMinutes },
});

const marked = (row: OverviewRow, bulk: boolean, at: string): OverviewRow =>
  isEntry(row) ? rowAt({ ...row, counted: { ...row.counted, bulk } }, at) : row;

const remarked = (row: EntryRow, bulk: boolean, at: string): readonly OverviewRow[] =>
  row.counted.bulk === bulk ? [] : [marked(row, bulk, at)];
