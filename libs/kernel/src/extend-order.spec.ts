import { describe, expect, it } from '@jest/globals';
import { city, county, hashOf, mandate, neighbour, story, superiors, township } from '../test/story.ts';
import type { Entry, Placed } from './entry.ts';
import { emptyOrder, extend } from './extend-order.ts';
import { foldIncrementally } from './fold-incrementally.ts';
import { type OrderRules, orderRules } from './order-rules.ts';
import { orderUnder, registerOrder } from './register-order.ts';

/** A case that goes on: the county leads, others say something between its acts, each having seen all before. */
const longCase = (length: number): readonly Entry[] => {
  const authors = [county, township, county, neighbour] as const;
  const numbers = new Map<string, number>();
  return Array.from({ length }, (_, n): Entry => {
    const tier = authors[n % authors.length]!;
    const sequence = (numbers.get(tier) ?? 0) + 1;
    numbers.set(tier, sequence);
    const place = {
      hash: hashOf(`long ${n}`),
      tier,
      epoch: 0,
      sequence,
      parents: n === 0 ? [] : [hashOf(`long ${n - 1}`)],
      height: n + 1,
      term: { takeovers: 0, transfers: 0 },
    };
    if (n === 0) return { ...place, spine: { kind: 'opened', lead: mandate(county), superiors } };
    return tier === county ? { ...place, spine: { kind: 'act', mandate: mandate(county) } } : place;
  });
};

/** The rules, and how often each was asked. */
const counted = () => {
  const asked: Record<string, number> = {};
  const rules = Object.fromEntries(
    Object.entries(orderRules).map(([name, rule]) => [
      name,
      (...args: readonly never[]) => {
        asked[name] = (asked[name] ?? 0) + 1;
        return (rule as (...args: readonly never[]) => unknown)(...args);
      },
    ]),
  ) as OrderRules;
  const total = () => Object.values(asked).reduce((sum, times) => sum + times, 0);
  return { rules, total };
};

describe('extending an order', () => {
  it('asks no more of a long history than of a short one when events come in order', () => {
    const entries = longCase(4_000);
    const { rules, total } = counted();
    let order = orderUnder(rules, [], {});
    const costs = entries.map((entry) => {
      const before = total();
      ({ order } = extend(order, [entry]));
      return total() - before;
    });
    const most = (from: number, to: number) => Math.max(...costs.slice(from, to));
    expect(most(3_000, 4_000)).toBe(most(50, 1_000));
    expect(order.registered).toBe(3_999);
  });

  it('finds the place of a late fact among n without asking about all of them', () => {
    const facts = longCase(1_025).map(({ spine, ...entry }, n) =>
      n === 0 ? { ...entry, spine: spine! } : entry,
    );
    const { rules, total } = counted();
    const { order } = extend(orderUnder(rules, facts, {}), []);
    const late: Entry = {
      ...facts[500]!,
      hash: hashOf('late'),
      tier: city,
      sequence: 1,
      parents: [facts[499]!.hash],
    };
    const before = total();
    const extended = extend(order, [late]);
    expect(total() - before).toBeLessThan(40);
    expect(extended.firstChanged).toBe(500);
    expect(extended.order.placed[500]?.entry).toBe(late);
  });

  it('carries ten thousand events, and folds a late batch once from its first position', () => {
    const entries = longCase(10_000);
    const late = [9_000, 9_500].map((n, index): Entry => ({
      hash: hashOf(`late ${n}`),
      tier: city,
      epoch: index,
      sequence: 1,
      parents: [entries[n]!.hash],
      height: n + 2,
      term: { takeovers: 0, transfers: 0 },
    }));
    const answer: Entry = {
      ...entries.at(-2)!,
      hash: hashOf('answer'),
      sequence: entries.at(-2)!.sequence + 1,
      parents: [entries.at(-1)!.hash, ...late.map(({ hash }) => hash)],
      height: 10_001,
    };
    let steps = 0;
    const fold = foldIncrementally<{ last?: Placed }>({}, (_, last) => {
      steps += 1;
      return { last };
    });
    let order = emptyOrder();
    for (const entry of entries) {
      const extended = extend(order, [entry]);
      order = extended.order;
      fold(order.placed, extended.firstChanged);
    }
    expect(steps).toBe(10_000);

    const extended = extend(order, [...late, answer].toReversed());
    const state = fold(extended.order.placed, extended.firstChanged);
    expect(steps - 10_000).toBe(10_003 - extended.firstChanged);
    expect(extended.firstChanged).toBe(9_999);
    expect(state.last?.entry).toBe(answer);
    expect(extended.order.placed).toEqual(registerOrder([...entries, ...late, answer]).placed);
  });

  it('refolds from the earliest place that a late registered act takes', () => {
    const { told, opened, fact, act } = story();
    const open = opened('open', township, mandate(county));
    const said = fact('said', township, [open]);
    const seen = fact('seen', neighbour, [open]);
    const filed = act('filed', county, [seen], '0.0');
    const { order } = extend(emptyOrder(), [open, said, seen]);
    expect(told(order)).toBe('open | said seen');
    const extended = extend(order, [filed]);
    expect(told(extended.order)).toBe('open seen filed | said');
    expect(extended.firstChanged).toBe(1);
  });

  it('registers the act of a lead restored from a backup beside the acts it had forgotten', () => {
    const { told, opened, act } = story();
    const open = opened('open', township, mandate(county));
    const forgotten = act('forgotten', county, [open], '0.0');
    const restored = act('restored', county, [open], '0.0', { epoch: 1 });
    const { order } = extend(emptyOrder(), [open, forgotten]);
    const extended = extend(order, [restored]);
    expect(told(extended.order)).toBe('open forgotten restored |');
    expect(extended.firstChanged).toBe(2);
  });

  it('changes nothing for what it has, and nothing for what waits for its parents', () => {
    const { opened, fact } = story();
    const open = opened('open', county, mandate(county));
    const said = fact('said', township, [open]);
    const answer = fact('answer', city, [said]);
    const first = extend(emptyOrder(), [open, answer]);
    expect(first.order.placed).toHaveLength(1);
    const again = extend(first.order, [open, answer, open]);
    expect([again.firstChanged, again.order.placed.length]).toEqual([1, 1]);
    const complete = extend(again.order, [said]);
    expect([complete.firstChanged, complete.order.placed.length]).toEqual([1, 3]);
  });

  it('gives up an event, and what followed it, when its rival turns out to stand', () => {
    const { told, opened, fact } = story();
    const open = opened('open', county, mandate(county));
    const said = fact('said', township, [open], { sequence: 1 });
    const follows = fact('follows', neighbour, [said]);
    const first = fact('first', township, [open], { sequence: 1 });
    const order = extend(emptyOrder({ stands: (entry) => entry === first }), [open, said, follows]).order;
    expect(told(order)).toBe('open | said follows');
    const extended = extend(order, [first]);
    expect(told(extended.order)).toBe('open | first');
    expect(extended.firstChanged).toBe(1);
  });
});
