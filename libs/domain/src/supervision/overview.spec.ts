import { describe, expect, it } from '@jest/globals';
import type { TierCode } from '@liandong/kernel';
import fc from 'fast-check';
import {
  bulkAmong,
  type EnteredLate,
  figuresAt,
  figuresOf,
  type Tally,
  type Tallied,
  talliedOf,
} from './index.ts';

const place = { tier: '431021' as TierCode, department: 'water' };
const at = '2018-11-01T00:00:00.000Z';

const ended = (ranTenths: number, promisedDays = 7, figures: Tallied['figures'] = ['ended']): Tallied => ({
  ...{ place, sort: 'case', figures, ranTenths, promisedDays },
});

/** Things counted together as a book counts them. */
const tallied = (all: readonly Tallied[]): readonly Tally[] =>
  [...Map.groupBy(all, (one) => JSON.stringify(one))].map(([text, of]) => ({
    tallied: JSON.parse(text) as Tallied,
    count: of.length,
  }));

describe('the figures of a group', () => {
  it('are the average and the ninetieth of a hundred beside the limit, and how many were over it', () => {
    const all = Array.from({ length: 10 }, (_, n) => ended((n + 1) * 10));
    const { counts, limits } = figuresOf(tallied([...all, ended(200, 7, ['ended', 'overPromised'])]));
    expect(counts).toMatchObject({ ended: 11, overPromised: 1, open: 0 });
    expect(limits).toEqual([
      {
        element: 'case',
        counts,
        days: {
          ...{ ended: 11, averageTenths: 68, p90Tenths: 100 },
          promised: { of: 11, averageTenths: 70, over: 1 },
        },
      },
    ]);
  });

  it('count a card that was withdrawn as issued all the same', () => {
    const card = (status: 'pending' | 'issued' | 'appealed' | 'withdrawn' | 'cancelled', issued = true) => {
      const counted = { kind: 'card', colour: 'yellow', status, issued } as const;
      return talliedOf(place, counted, figuresAt(counted, at));
    };
    const all = [
      ...[card('issued'), card('appealed'), card('withdrawn')],
      ...[card('cancelled'), card('pending', false), card('cancelled', false)],
    ];
    const { cards } = figuresOf(tallied(all));
    expect(cards).toMatchObject([
      { colour: 'yellow', counts: { issued: 4, standing: 2, withdrawn: 2, pending: 1 } },
    ]);
  });

  it('say nothing of days where nothing has ended, and nothing of a limit that nobody had', () => {
    const open: Tallied = { place, sort: 'case', figures: ['open'] };
    const [running] = figuresOf(tallied([open])).limits;
    expect(running).not.toHaveProperty('days');
    const { promisedDays: _, ...unlimited } = ended(30);
    const [limit] = figuresOf(tallied([unlimited])).limits;
    expect(limit?.days).toEqual({ ended: 1, averageTenths: 30, p90Tenths: 30 });
  });

  it('hang on what was counted, not on the order in which it came', () => {
    const one = fc.record({ ran: fc.integer({ min: 0, max: 300 }), days: fc.integer({ min: 1, max: 45 }) });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 60 }), fc.infiniteStream(fc.nat()), (all, order) => {
        const things = all.map(({ ran, days }) => ended(ran, days));
        const shuffled = things
          .map((thing) => ({ thing, by: order.next().value as number }))
          .toSorted((a, b) => a.by - b.by)
          .map(({ thing }) => thing);
        expect(figuresOf(tallied(shuffled))).toEqual(figuresOf(tallied(things)));
        const sorted = all.map(({ ran }) => ran).toSorted((a, b) => a - b);
        const days = figuresOf(tallied(things)).limits[0]?.days;
        expect(days?.p90Tenths).toBe(sorted[Math.ceil(sorted.length * 0.9) - 1]);
      }),
    );
  });
});

describe('what was entered late at a desk', () => {
  const entry = (key: string, minute: number, facts = 3): EnteredLate => ({
    ...{ key, facts, withinMinutes: 60 },
    recordedAt: new Date(Date.UTC(2026, 2, 2, 1, minute)).toISOString(),
  });

  it('was entered in bulk once as many as it takes were recorded within the time it takes', () => {
    expect(bulkAmong([entry('a', 0), entry('b', 30)])).toEqual(new Set());
    expect(bulkAmong([entry('a', 0), entry('b', 30), entry('c', 60)])).toEqual(new Set(['a', 'b', 'c']));
    expect(bulkAmong([entry('a', 0), entry('b', 30), entry('c', 61)])).toEqual(new Set());
    const spread = [0, 40, 80, 120, 121, 122].map((minute, n) => entry(String(n), minute));
    expect(bulkAmong(spread)).toEqual(new Set(['2', '3', '4', '5']));
    expect(bulkAmong([entry('a', 0, 1)])).toEqual(new Set(['a']));
  });

  it('hangs on no fact that was recorded farther away, so one more changes only those about it', () => {
    const minutes = fc.array(fc.integer({ min: 0, max: 600 }), { maxLength: 30 });
    fc.assert(
      fc.property(minutes, fc.integer({ min: 0, max: 600 }), (all, more) => {
        const before = all.map((minute, n) => entry(`${n}@${minute}`, minute));
        const [then, now] = [bulkAmong(before), bulkAmong([...before, entry('more', more)])];
        for (const { key } of before) {
          const near = Math.abs(Number(key.split('@')[1]) - more) <= 60;
          if (!near) expect(now.has(key)).toBe(then.has(key));
          if (then.has(key)) expect(now.has(key)).toBe(true);
        }
      }),
    );
  });
});
