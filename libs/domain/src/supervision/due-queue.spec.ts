import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Due, dueBefore, dueQueue, orderedIndex } from './index.ts';

describe('the queue of what is due', () => {
  it('gives the earliest first, and equal instants in one order', () => {
    const queue = dueQueue();
    for (const [key, at] of [
      ['c', 3],
      ['b', 1],
      ['a', 1],
      ['d', 9],
    ] as const)
      queue.schedule(key, at);
    expect(queue.nextAt()).toBe(1);
    expect(queue.takeDue(3, 2).map(({ key }) => key)).toEqual(['a', 'b']);
    expect(queue.takeDue(3, 9).map(({ key }) => key)).toEqual(['c']);
    expect(queue.takeDue(3, 9)).toEqual([]);
    expect(queue.size()).toBe(1);
  });

  it('keeps one instant for each key, and forgets what time brings nothing more for', () => {
    const queue = dueQueue();
    queue.schedule('a', 1);
    queue.schedule('b', 2);
    queue.schedule('a', 5);
    queue.schedule('b', undefined);
    queue.schedule('never', undefined);
    expect(queue.size()).toBe(1);
    expect(queue.takeDue(4, 9)).toEqual([]);
    expect(queue.takeDue(5, 9)).toEqual([{ key: 'a', at: 5 }]);
    expect(queue.nextAt()).toBeUndefined();
  });

  it('is what a sorted list of everything would be, after any changes', () => {
    const change = fc.tuple(
      fc.integer({ min: 0, max: 30 }),
      fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined }),
    );
    fc.assert(
      fc.property(fc.array(change, { maxLength: 200 }), fc.integer({ min: 0, max: 20 }), (changes, by) => {
        const queue = dueQueue();
        const all = new Map<string, number>();
        for (const [n, at] of changes) {
          queue.schedule(`k${n}`, at);
          if (at === undefined) all.delete(`k${n}`);
          else all.set(`k${n}`, at);
        }
        const sorted = [...all]
          .map(([key, at]): Due => ({ key, at }))
          .sort((a, b) => (dueBefore(a, b) ? -1 : 1));
        expect(queue.takeDue(by, 1000)).toEqual(sorted.filter(({ at }) => at <= by));
        expect(queue.takeDue(Infinity, 1000)).toEqual(sorted.filter(({ at }) => at > by));
      }),
    );
  });

  it('finds the due ones among a million open clocks without a look at the rest', () => {
    let looks = 0;
    const queue = dueQueue(
      orderedIndex<Due>((a, b) => {
        looks++;
        return dueBefore(a, b);
      }),
    );
    const clocks = 1_000_000;
    // Every clock at an instant of its own, in an order that is none.
    for (let n = 0; n < clocks; n++) queue.schedule(String(n), (n * 7_919) % clocks);
    const deep = 2 * Math.ceil(Math.log2(clocks));

    looks = 0;
    expect(queue.takeDue(-1, 100)).toEqual([]);
    expect(looks).toBe(0);
    expect(queue.takeDue(99, 1000).map(({ at }) => at)).toEqual(Array.from({ length: 100 }, (_, n) => n));
    expect(looks).toBeLessThanOrEqual(100 * deep);

    looks = 0;
    queue.schedule('1000', 5);
    expect(looks).toBeLessThanOrEqual(deep);
    expect(queue.nextAt()).toBe(5);
  });
});
