import {
  type DueStream,
  isInstant,
  isPlain,
  type OverviewBook,
  type OverviewFilter,
  type OverviewRow,
  pageOf,
  placeParts,
  placeText,
} from '@liandong/application';
import { dueQueue, type Tally, talliedOf } from '@liandong/domain/supervision';
import { canonicalJson, type StreamName } from '@liandong/kernel';

/** The overview, for as long as the process lives. For tests, and for replays. */
export const memoryOverviewBook = (): OverviewBook => {
  const streams = new Map<StreamName, readonly OverviewRow[]>();
  const anew = new Set<StreamName>();
  const queue = dueQueue();
  const counted = new Map<string, Tally>();

  const count = ({ place, counted: what, figures }: OverviewRow, change: 1 | -1) => {
    const tallied = talliedOf(place, what, figures);
    const key = canonicalJson(tallied);
    const now = (counted.get(key)?.count ?? 0) + change;
    if (now === 0) counted.delete(key);
    else counted.set(key, { tallied, count: now });
  };
  const all = () => [...streams.values()].flat();

  return {
    put: async (stream, rows, due) => {
      for (const row of streams.get(stream) ?? []) count(row, -1);
      for (const row of rows) count(row, 1);
      if (rows.length === 0) streams.delete(stream);
      else streams.set(stream, rows);
      anew.delete(stream);
      queue.schedule(stream, due === undefined ? undefined : Date.parse(due));
    },
    rowsOf: async (stream) => streams.get(stream) ?? [],
    streamsAbout: async (matter) =>
      [...new Set(all().flatMap((row) => (row.matter === matter ? [row.stream] : [])))].filter(
        (stream) => stream !== matter,
      ),
    due: async (by, limit) => {
      const due = queue.takeDue(Date.parse(by), limit);
      // They are due until they are put anew.
      for (const { key, at } of due) queue.schedule(key, at);
      return due.map(({ key }): DueStream => {
        const stream = key as StreamName;
        return { stream, anew: anew.has(stream) };
      });
    },
    makeAnew: async (at, only) => {
      for (const stream of only === undefined ? streams.keys() : [only]) {
        anew.add(stream);
        queue.schedule(stream, Date.parse(at));
      }
    },
    enteredLate: async ({ tier, department, window, staff }, from, to) =>
      all()
        .filter(
          ({ counted: { kind }, place, at }) =>
            kind === 'lateEntry' &&
            place.tier === tier &&
            place.department === department &&
            place.window === window &&
            place.staff === staff &&
            at >= from &&
            at <= to,
        )
        .toSorted(byPlace),
    tally: async (tiers) => [...counted.values()].filter(({ tallied }) => tiers.includes(tallied.place.tier)),
    rows: async (filter, { limit, after }) => {
      if (after !== undefined && placeParts(after, isInstant, isPlain) === undefined) return { rows: [] };
      const rest = all()
        .filter((row) => isOf(filter, row))
        .filter((row) => after === undefined || placeOf(row) < after)
        .toSorted((a, b) => byPlace(b, a));
      return pageOf(rest, limit, placeOf);
    },
  };
};

const placeOf = ({ at, key }: OverviewRow): string => placeText(at, key);
const byPlace = (a: OverviewRow, b: OverviewRow): number =>
  placeOf(a) < placeOf(b) ? -1 : Number(placeOf(a) > placeOf(b));

const isOf = (
  { tiers, figure, department, window, staff, item }: OverviewFilter,
  { place, figures }: OverviewRow,
): boolean =>
  tiers.includes(place.tier) &&
  (figure === undefined || figures.includes(figure)) &&
  (department === undefined || place.department === department) &&
  (window === undefined || place.window === window) &&
  (staff === undefined || place.staff === staff) &&
  (item === undefined || place.item === item);
