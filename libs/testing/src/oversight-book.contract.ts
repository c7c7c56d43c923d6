import { describe, expect, it } from '@jest/globals';
import type { Overseen, OversightBook } from '@liandong/application';
import type { EventHash, StreamName, TierCode } from '@liandong/kernel';

const [city, county] = ['431000', '431021'] as [TierCode, TierCode];
const hex = (n: number, length: number) => n.toString(16).padStart(length, '0');
const matter = (n: number) => `case-${hex(n, 32)}` as StreamName;
const day = (n: number) => `2026-03-${String(n).padStart(2, '0')}T02:00:00.000Z`;

const row = (n: number, about = matter(n)): Overseen => ({
  stream: `card-${city}.${hex(n, 32)}` as StreamName,
  card: `card-${county}.${hex(n, 32)}` as StreamName,
  ...{ overseer: city, issuer: county, matter: about },
  cause: { event: hex(n, 64) as EventHash, rule: 'case.yellow', round: 1 },
  ...{ state: 'waiting', since: day(n), disagreement: undefined },
});
const disagreed = (n: number): Overseen => {
  const { cause, issuer, matter: about, ...rest } = row(n);
  const disagreement = { issuer, cause, matter: about, found: 'missing', frontier: [], at: day(n) } as const;
  return { ...rest, issuer, cause, matter: about, state: 'disagreed', disagreement };
};

/** What every oversight book must do. */
export const oversightBookContract = (open: () => Promise<OversightBook>): void => {
  describe('an oversight book', () => {
    it('keeps the last of what it was told of a cause, until it is to forget it', async () => {
      const book = await open();
      for (const one of [row(2, matter(1)), row(1), row(3)]) await book.saveOverseen(one);
      const said = disagreed(1);
      await book.saveOverseen(said);
      expect(await book.overseen(said.stream)).toEqual(said);
      expect(await book.overseenIn(matter(1))).toEqual([said, row(2, matter(1))]);
      expect(await book.overseenOf([row(3).card, said.card])).toEqual([said, row(3)]);
      expect(await book.overseenOf([])).toEqual([]);
      await book.forgetOverseen(said.stream);
      expect(await book.overseen(said.stream)).toBeUndefined();
      expect(await book.overseenIn(matter(1))).toEqual([row(2, matter(1))]);
    });

    it('lists what is held against issuers, the latest first, and nothing else', async () => {
      const book = await open();
      for (const n of [1, 3, 2]) await book.saveOverseen(disagreed(n));
      await book.saveOverseen(row(4));
      await book.saveOverseen({ ...row(5), state: 'agreed' });
      const first = await book.disagreements({ limit: 2 });
      expect(first.rows).toEqual([disagreed(3), disagreed(2)]);
      const second = await book.disagreements({ limit: 2, after: first.next ?? '' });
      expect(second).toEqual({ rows: [disagreed(1)] });
      expect(await book.disagreements({ limit: 2, after: 'nobody gave this out' })).toEqual({ rows: [] });
    });

    it('finds what is due by either clock, until it foresees otherwise', async () => {
      const book = await open();
      await book.foresee({ matter: matter(1), due: day(5), again: undefined });
      await book.foresee({ matter: matter(2), due: undefined, again: day(3) });
      await book.foresee({ matter: matter(3), due: day(9), again: day(9) });
      await book.foresee({ matter: matter(4), due: undefined, again: undefined });
      const found = async (by: string, real: string, limit = 9) =>
        (await book.toLookAt(by, real, limit)).toSorted();
      expect(await found(day(5), day(1))).toEqual([matter(1)]);
      expect(await found(day(1), day(3))).toEqual([matter(2)]);
      expect(await found(day(9), day(9))).toEqual([matter(1), matter(2), matter(3)]);
      expect(await found(day(9), day(9), 1)).toHaveLength(1);
      await book.foresee({ matter: matter(1), due: undefined, again: undefined });
      expect(await found(day(5), day(1))).toEqual([]);
      await book.lookAtAll(day(1));
      expect(await found(day(1), day(1))).toEqual([matter(1), matter(2), matter(3), matter(4)]);
    });
  });
};
