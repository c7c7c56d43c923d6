import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  isNoisy,
  measured,
  median,
  type Pair,
  quantile,
  ratios,
  type Round,
  summary,
  verdict,
} from './arithmetic.ts';

const round = (ours: number, rival: number, noise = 1): Round => ({
  order: ['ours', 'rival'],
  figures: { ours: { rate: ours }, rival: { rate: rival } },
  noise: { ours: 1, rival: noise },
});
const pair: Pair = {
  ours: { cell: 'ours', figure: 'rate' },
  rival: { cell: 'rival', figure: 'rate' },
  better: 'more',
};
const goal = { floor: 4, target: 8 };
const all = (value: number) => ({ median: value, lowerQuartile: value, lowest: value, highest: value });

describe('a ratio', () => {
  it('is taken round by round, so a slow moment that hit both sides leaves it alone', () => {
    expect(ratios([round(100, 10), round(20, 2), round(50, 5)], pair)).toEqual([10, 10, 10]);
  });

  it('is the other way round where less is better', () => {
    expect(ratios([round(2, 10)], { ...pair, better: 'less' })).toEqual([5]);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])(
    'is not made of a cell that measured %d',
    (nothing) => {
      expect(() => ratios([round(nothing, 10)], pair)).toThrow(/ours rate measured/);
      expect(() => ratios([round(10, 10), round(10, nothing)], pair)).toThrow(/rival rate measured/);
    },
  );

  it('is not made of a figure nobody measured', () => {
    expect(() => ratios([round(1, 1)], { ...pair, ours: { cell: 'ours', figure: 'p99' } })).toThrow(
      'ours p99 measured undefined',
    );
    expect(() => measured(undefined, 'it')).toThrow('it measured undefined');
  });
});

describe('a quantile', () => {
  it('stands between the two nearest ranks', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(quantile([10, 20, 30, 40, 50], 0.25)).toBe(20);
    expect(quantile([1, 2], 0.25)).toBe(1.25);
    expect(quantile([7], 0.99)).toBe(7);
  });

  it('does not depend on the order and lies within the range', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.001, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 40 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, fraction) => {
          const value = quantile(values, fraction);
          expect(quantile(values.toReversed(), fraction)).toBe(value);
          expect(value).toBeGreaterThanOrEqual(Math.min(...values) * (1 - 1e-12));
          expect(value).toBeLessThanOrEqual(Math.max(...values) * (1 + 1e-12));
        },
      ),
    );
  });

  it('is not made of nothing, nor of what is no number', () => {
    expect(() => median([])).toThrow(RangeError);
    expect(() => median([1, Number.NaN])).toThrow(RangeError);
  });

  it('is reported with the range', () => {
    expect(summary([5, 1, 2, 3, 4])).toEqual({ median: 3, lowerQuartile: 2, lowest: 1, highest: 5 });
  });
});

describe('a verdict', () => {
  it('is by the median', () => {
    expect(verdict({ ...all(1), median: 8 }, goal, false)).toBe('target met');
    expect(verdict({ ...all(9), median: 7.99 }, goal, false)).toBe('floor met');
    expect(verdict({ ...all(9), median: 4 }, goal, false)).toBe('floor met');
    expect(verdict({ ...all(9), median: 3.99 }, goal, false)).toBe('below the floor');
  });

  it('is not given on a noisy machine, however good the figure', () => {
    expect(verdict(all(100), goal, true)).toBe('INCONCLUSIVE');
    expect(verdict(all(0.1), goal, true)).toBe('INCONCLUSIVE');
  });

  it('is not given where nothing is promised', () => {
    expect(verdict(all(1), undefined, true)).toBe('reported');
  });
});

describe('noise', () => {
  it('spoils a run when more than a quarter of its rounds were disturbed', () => {
    const calm = round(1, 1, 1.49);
    const disturbed = round(1, 1, 1.5);
    expect(isNoisy([calm, calm, calm, disturbed])).toBe(false);
    expect(isNoisy([calm, calm, disturbed, disturbed])).toBe(true);
  });

  it('spoils a run when it could not be told', () => {
    expect(isNoisy([round(1, 1, Number.NaN)])).toBe(true);
  });
});
