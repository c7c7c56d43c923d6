import { describe, expect, it } from '@jest/globals';
import type { OverviewBook, OverviewRow } from '@liandong/application';
import { type Counted, figuresAt, type Place, talliedOf } from '@liandong/domain/supervision';
import { canonicalJson, type EventHash, type StreamName, type TierCode } from '@liandong/kernel';

const [city, county] = ['431000', '431021'] as [TierCode, TierCode];
const stream = (n: number) => `case-${n.toString(16).padStart(32, '0')}` as StreamName;
const day = (n: number) => `2026-03-${String(n).padStart(2, '0')}T02:00:00.000Z`;
const now = day(15);

type Change = Partial<Place> & Partial<Pick<OverviewRow, 'stream' | 'matter' | 'at'>> & { counted?: Counted };

const row = (
  key: string,
  { counted = limit(1), stream: of = stream(1), matter = of, at = day(1), ...place }: Change = {},
) => {
  const made: OverviewRow = {
    ...{ key, stream: of, matter, at, counted, event: 'a'.repeat(64) as EventHash },
    place: { tier: county, department: 'water', ...place },
    figures: figuresAt(counted, now),
  };
  return made;
};

/** Late from a day of March on. */
const limit = (lateFrom: number): Counted => ({
  ...{ kind: 'limit', element: 'case', from: day(1) },
  standing: { promisedDays: 7, overPromisedAt: day(lateFrom) },
});
const ended = (ranTenths: number): Counted => ({
  ...{ kind: 'limit', element: 'case', from: day(1), endedAt: day(9) },
  standing: { promisedDays: 7, ranTenths },
});
const entry = (bulk = false): Counted => ({
  ...{ kind: 'lateEntry', late: 100_000_000, facts: 3, withinMinutes: 60, bulk },
});

/** What every overview book must do. */
export const overviewBookContract = (open: () => Promise<OverviewBook>): void => {
  const tallyOf = async (book: OverviewBook, tiers = [city, county]) =>
    (await book.tally(tiers)).map((one) => canonicalJson(one)).toSorted();
  const expected = (rows: readonly OverviewRow[]) =>
    [...Map.groupBy(rows, ({ place, counted, figures }) => canonicalJson(talliedOf(place, counted, figures)))]
      .map(([text, of]) => canonicalJson({ tallied: JSON.parse(text) as object, count: of.length }))
      .toSorted();

  describe('an overview book', () => {
    it('keeps the last of what it was told of a stream, and counts exactly that', async () => {
      const book = await open();
      const first = [
        row('1#0'),
        row('1#1', { window: 'w-1', staff: 'clerk', item: 'i' }),
        row('1#2', { counted: ended(25) }),
      ];
      const other = row('2#0', { stream: stream(2), counted: ended(25) });
      await book.put(stream(1), first, day(20));
      await book.put(stream(2), [other], undefined);
      expect((await book.rowsOf(stream(1))).toSorted((a, b) => (a.key < b.key ? -1 : 1))).toEqual(first);
      expect(await tallyOf(book)).toEqual(expected([...first, other]));
      const after = [row('1#0', { counted: limit(20) }), row('1#3', { tier: city })];
      await book.put(stream(1), after, day(21));
      expect(await tallyOf(book)).toEqual(expected([...after, other]));
      expect(await tallyOf(book, [city])).toEqual(expected(after.slice(1)));
      await book.put(stream(1), after, day(21));
      await book.put(stream(2), [], undefined);
      expect(await tallyOf(book)).toEqual(expected(after));
      expect(await book.rowsOf(stream(2))).toEqual([]);
    });

    it('finds what is due by its order, until it is put again', async () => {
      const book = await open();
      for (const n of [3, 1, 2])
        await book.put(stream(n), [row(`${n}#0`, { stream: stream(n) })], n === 3 ? undefined : day(n));
      const due = async (by: string, limitOf = 9) =>
        (await book.due(by, limitOf)).map(({ stream: of, anew }) => [of, anew]);
      expect(await due(day(9))).toEqual([
        [stream(1), false],
        [stream(2), false],
      ]);
      expect(await due(day(9), 1)).toEqual([[stream(1), false]]);
      expect(await due(day(1))).toEqual([[stream(1), false]]);
      await book.put(stream(1), [row('1#0')], undefined);
      expect(await due(day(9))).toEqual([[stream(2), false]]);
    });

    it('has every stream made anew, or one it may not know, until it is put', async () => {
      const book = await open();
      await book.put(stream(1), [row('1#0')], undefined);
      await book.put(stream(2), [row('2#0', { stream: stream(2) })], day(20));
      await book.makeAnew(day(5));
      await book.makeAnew(day(6), stream(3));
      const due = async (by: string) =>
        (await book.due(by, 9)).toSorted((a, b) => (a.stream < b.stream ? -1 : 1));
      expect(await due(day(5))).toEqual([1, 2].map((n) => ({ stream: stream(n), anew: true })));
      expect(await due(day(6))).toHaveLength(3);
      await book.put(stream(2), [row('2#0', { stream: stream(2) })], day(6));
      await book.put(stream(3), [], undefined);
      expect(await due(day(6))).toEqual([
        { stream: stream(1), anew: true },
        { stream: stream(2), anew: false },
      ]);
    });

    it('finds the streams about a matter, and what was entered late at one desk about a time', async () => {
      const book = await open();
      const card = `card-431021.${'0'.repeat(32)}` as StreamName;
      await book.put(stream(1), [row('1#0')], undefined);
      await book.put(card, [row(card, { stream: card, matter: stream(1) })], undefined);
      expect(await book.streamsAbout(stream(1))).toEqual([card]);
      expect(await book.streamsAbout(stream(2))).toEqual([]);
      const late = [1, 2, 3, 4].map((n) =>
        row(`2#${n}`, { stream: stream(2), at: day(n), counted: entry(), window: 'w-1' }),
      );
      const elsewhere = [
        row('2#5', { stream: stream(2), at: day(2), counted: entry() }),
        row('2#6', { stream: stream(2), at: day(2), counted: entry(), window: 'w-1', staff: 'clerk' }),
        row('2#7', { stream: stream(2), at: day(2), window: 'w-1' }),
      ];
      await book.put(stream(2), [...late, ...elsewhere], undefined);
      const desk = { tier: county, department: 'water', window: 'w-1' };
      expect(await book.enteredLate(desk, day(2), day(3))).toEqual(late.slice(1, 3));
      expect(await book.enteredLate({ ...desk, tier: city }, day(1), day(9))).toEqual([]);
    });

    it('lists what stands behind a figure, the latest first, page by page', async () => {
      const book = await open();
      const rows = [
        row('1#0', { at: day(1), item: 'i' }),
        row('1#1', { at: day(2), counted: ended(10), window: 'w-1' }),
        row('1#2', { at: day(2), counted: limit(20), staff: 'clerk', item: 'i' }),
        row('1#3', { at: day(3), tier: city, department: 'land' }),
      ];
      await book.put(stream(1), rows, undefined);
      const listed = async (
        filter: Omit<Parameters<OverviewBook['rows']>[0], 'tiers'>,
        tiers = [city, county],
      ) => (await book.rows({ tiers, ...filter }, { limit: 9 })).rows.map(({ key }) => key);
      expect(await listed({})).toEqual(['1#3', '1#2', '1#1', '1#0']);
      expect(await listed({}, [county])).toEqual(['1#2', '1#1', '1#0']);
      expect(await listed({ figure: 'late' })).toEqual(['1#3', '1#0']);
      expect(await listed({ figure: 'ended' })).toEqual(['1#1']);
      expect(await listed({ department: 'land' })).toEqual(['1#3']);
      expect(await listed({ window: 'w-1' })).toEqual(['1#1']);
      expect(await listed({ staff: 'clerk', item: 'i' })).toEqual(['1#2']);
      const tiers = [city, county];
      const first = await book.rows({ tiers }, { limit: 3 });
      expect(first.rows).toEqual(rows.slice(1).toReversed());
      const second = await book.rows({ tiers }, { limit: 3, after: first.next ?? '' });
      expect(second).toEqual({ rows: rows.slice(0, 1) });
      expect(await book.rows({ tiers }, { limit: 3, after: 'nobody gave this out' })).toEqual({ rows: [] });
    });
  });
};
