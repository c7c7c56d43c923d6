import { describe, expect, it } from '@jest/globals';
import type { CardRow, SupervisionBook } from '@liandong/application';
import type { Colour } from '@liandong/domain/supervision';
import type { EventHash, StreamName, TierCode } from '@liandong/kernel';

const matter = (n: number) => `case-${n.toString(16).padStart(32, '0')}` as StreamName;
const day = (n: number) => `2026-03-${String(n).padStart(2, '0')}T02:00:00.000Z`;
const county = '431021' as TierCode;

const row = (n: number, about: StreamName, colour: Colour, department = 'water'): CardRow => ({
  card: `card-431021.${n.toString(16).padStart(32, '0')}` as StreamName,
  issuer: county,
  issuedAt: day(n),
  state: {
    status: 'issued',
    judgement: {
      matter: about,
      cause: { event: 'a'.repeat(64) as EventHash, rule: 'case.yellow', round: 1 },
      colour,
      ...{ dueAt: day(n), judgedAt: day(n), frontier: [], rules: 'r', calendar: 'c', convention: 'started' },
      accountable: { unit: { tier: county, department } },
      reckoning: { kind: 'finding', check: 'materialsIncomplete', evidence: [] },
    },
    to: undefined,
    ...{ replies: 0, appeal: 'none', urged: 0, corrections: [] },
  },
});

/** What every supervision book must do. */
export const supervisionBookContract = (open: () => Promise<SupervisionBook>): void => {
  describe('a supervision book', () => {
    it('finds what is due by its order, until it is scheduled anew', async () => {
      const book = await open();
      for (const n of [3, 1, 2])
        await book.schedule({ matter: matter(n), due: n === 3 ? undefined : day(n), calendar: 'c' });
      expect(await book.due(day(9), 9)).toEqual([matter(1), matter(2)]);
      expect(await book.due(day(9), 1)).toEqual([matter(1)]);
      expect(await book.due(day(1), 9)).toEqual([matter(1)]);
      await book.schedule({ matter: matter(1), due: undefined, calendar: 'd' });
      expect(await book.due(day(9), 9)).toEqual([matter(2)]);
      expect(await book.look(matter(1))).toEqual({ matter: matter(1), due: undefined, calendar: 'd' });
      expect(await book.look(matter(4))).toBeUndefined();
    });

    it('makes everything due when what it is counted by has changed', async () => {
      const book = await open();
      await book.schedule({ matter: matter(1), due: undefined, calendar: 'c' });
      await book.schedule({ matter: matter(2), due: day(20), calendar: 'c' });
      await book.lookAgain(day(5));
      expect((await book.due(day(5), 9)).toSorted()).toEqual([matter(1), matter(2)]);
      expect((await book.look(matter(2)))?.calendar).toBe('c');
    });

    it('keeps the last of what it was told of a card, and lists the latest due first', async () => {
      const book = await open();
      const cards = [
        row(1, matter(1), 'warning'),
        row(2, matter(1), 'yellow'),
        row(3, matter(2), 'red', 'land'),
      ];
      for (const card of cards) await book.saveCard(card);
      const again = row(2, matter(1), 'yellow');
      const withdrawn = { ...again, state: { ...again.state, status: 'withdrawn' as const } };
      await book.saveCard(withdrawn);
      expect(await book.card(withdrawn.card)).toEqual(withdrawn);
      expect((await book.cardsOf(matter(1))).map(({ card }) => card).toSorted()).toEqual([
        cards[0]?.card,
        withdrawn.card,
      ]);
      const listed = async (filter: Parameters<SupervisionBook['cards']>[0]) =>
        (await book.cards(filter, { limit: 9 })).rows.map(({ state }) => state.judgement.dueAt);
      expect(await listed({})).toEqual([day(3), day(2), day(1)]);
      expect(await listed({ department: 'land' })).toEqual([day(3)]);
      expect(await listed({ status: 'withdrawn' })).toEqual([day(2)]);
      expect(await listed({ colour: 'warning', matter: matter(1) })).toEqual([day(1)]);
      expect(await listed({ issuer: '431000' as TierCode })).toEqual([]);
      const first = await book.cards({}, { limit: 2 });
      expect(first.rows).toHaveLength(2);
      const second = await book.cards({}, { limit: 2, after: first.next ?? '' });
      expect(second.rows.map(({ card }) => card)).toEqual([cards[0]?.card]);
      expect(second.next).toBeUndefined();
      expect(await book.cards({}, { limit: 2, after: 'nobody gave this out' })).toEqual({ rows: [] });
    });

    it('counts what was issued, what no longer stands and what does, by unit and colour', async () => {
      const book = await open();
      const to = { approver: { tier: county, department: 'water' }, tiers: [] };
      const issued = (n: number, change: object) => {
        const made = row(n, matter(n), 'yellow');
        return { ...made, state: { ...made.state, to, ...change } };
      };
      await book.saveCard(issued(1, {}));
      await book.saveCard(issued(2, { status: 'withdrawn' }));
      await book.saveCard(issued(3, { status: 'appealed' }));
      const pending = row(4, matter(4), 'red');
      await book.saveCard({
        ...pending,
        issuedAt: undefined,
        state: { ...pending.state, status: 'pending' },
      });
      const unit = { issuer: county, department: 'water' };
      expect(await book.counts()).toEqual([
        { ...unit, colour: 'red', issued: 0, withdrawn: 0, standing: 0 },
        { ...unit, colour: 'yellow', issued: 3, withdrawn: 1, standing: 2 },
      ]);
    });
  });
};
