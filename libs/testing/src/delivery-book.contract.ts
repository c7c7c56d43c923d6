import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DeliveryBook, Position } from '@liandong/application';
import type { StreamName, TierCode } from '@liandong/kernel';

export type OpenDeliveryBook = () => Promise<{
  readonly book: DeliveryBook;
  /** What another process finds, or this one after a crash. */
  readonly reopened: () => Promise<DeliveryBook>;
  readonly close: () => Promise<void>;
}>;

const [city, county] = ['431000', '431021'] as [TierCode, TierCode];

/** Every promise of the port `DeliveryBook`. */
export const deliveryBookContract = (name: string, open: OpenDeliveryBook): void => {
  describe(`the delivery book in ${name}`, () => {
    let book: DeliveryBook;
    let reopened: () => Promise<DeliveryBook>;
    let close = async () => {};
    let position = 0n;
    let streams = 0;

    beforeAll(async () => ({ book, reopened, close } = await open()));
    afterAll(() => close());

    const next = () => (position += 10n) as Position;
    const newCase = () => `case-${(++streams).toString(16).padStart(32, '0')}` as StreamName;
    const withheld = (...cases: readonly StreamName[]) => ({ withheld: cases, moved: [] });
    const openNow = async (of: DeliveryBook = book) => {
      const found: StreamName[] = [];
      for (let after: StreamName | undefined; ;) {
        const page = await of.open(after, 2);
        expect(page.length).toBeLessThanOrEqual(2);
        found.push(...page.map(({ stream }) => stream));
        after = page.at(-1)?.stream;
        if (after === undefined) break;
      }
      expect(await of.openCount()).toBe(found.length);
      return found;
    };

    it('keeps its place and the open cases for who comes after a crash', async () => {
      const [a, b] = [newCase(), newCase()];
      const through = (9_007_199_254_740_993n + position) as Position;
      expect(await book.follow(next(), withheld(a))).toEqual([{ stream: a, moved: position }]);
      position = through;
      expect(await book.follow(through, withheld(b))).toEqual([{ stream: b, moved: through }]);
      const later = await reopened();
      expect(await later.followed()).toBe(through);
      expect(await openNow(later)).toEqual([a, b]);
    });

    it('never goes back', async () => {
      const before = next();
      await book.follow(before, withheld());
      await book.follow((before - 5n) as Position, withheld());
      expect(await book.followed()).toBe(before);
    });

    it('forgets a case that is settled, until it moves again', async () => {
      const one = newCase();
      for (const opened of await book.follow(next(), withheld(one))) await book.settle(opened);
      expect(await openNow()).not.toContain(one);
      expect(await book.follow(next(), { withheld: [], moved: [one] })).toEqual([
        { stream: one, moved: position },
      ]);
      expect(await openNow()).toContain(one);
    });

    it('does not take a case for settled that moved meanwhile', async () => {
      const one = newCase();
      const opened = await book.follow(next(), withheld(one));
      await book.follow(next(), { withheld: [], moved: [one] });
      for (const before of opened) await book.settle(before);
      expect(await openNow()).toContain(one);
    });

    it('has no part in a case in which this tier withholds nothing', async () => {
      const one = newCase();
      expect(await book.follow(next(), { withheld: [], moved: [one] })).toEqual([]);
      expect(await openNow()).not.toContain(one);
    });

    it('takes the same page twice as once', async () => {
      const one = newCase();
      const page = { withheld: [one], moved: [one] };
      const first = await book.follow(next(), page);
      expect(await book.follow(position as Position, page)).toEqual(first);
      expect((await openNow()).filter((stream) => stream === one)).toEqual([one]);
    });

    it('tells which destination answered for which digest, and keeps the first answer', async () => {
      await book.acknowledge([
        { destination: city, digest: 'd1', outcome: 'held' },
        { destination: county, digest: 'd1', outcome: 'erased' },
        { destination: city, digest: 'd2', outcome: 'refused' },
      ]);
      await book.acknowledge([{ destination: city, digest: 'd1', outcome: 'refused' }]);
      const found = await (await reopened()).acknowledged(['d1', 'd3']);
      expect(found.toSorted((a, b) => (a.destination < b.destination ? -1 : 1))).toEqual([
        { destination: city, digest: 'd1', outcome: 'held' },
        { destination: county, digest: 'd1', outcome: 'erased' },
      ]);
      expect(await book.acknowledged([])).toEqual([]);
    });
  });
};
