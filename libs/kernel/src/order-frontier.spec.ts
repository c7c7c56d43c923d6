import { describe, expect, it } from '@jest/globals';
import { city, county, hashOf, mandate, neighbour, story, township } from '../test/story.ts';
import type { Entry } from './entry.ts';
import type { TierCode } from './names.ts';
import { extend } from './extend-order.ts';
import { frontierFor, parentsFor } from './order-frontier.ts';
import { registerOrder } from './register-order.ts';

const village = (n: number) => String(431_021_200 + n) as TierCode;

/** A hundred tiers that have each said something without having heard of the others. */
const crowd = () => {
  const { entries, opened, fact, takenOver } = story();
  const open = opened('open', neighbour, mandate(township));
  const sayings = Array.from({ length: 100 }, (_, n) => fact(`village ${n}`, village(n), [open]));
  return { entries, open, sayings, fact, takenOver };
};

describe('the frontier of an order', () => {
  it('is all its heads, the next height and the author’s next number', () => {
    const { entries, opened, fact } = story();
    const open = opened('open', county, mandate(county));
    const [one, two] = [fact('one', township, [open]), fact('two', neighbour, [open])];
    const order = registerOrder(entries);
    expect(frontierFor(order, township, 0)).toMatchObject({
      parents: [one.hash, two.hash],
      height: 3,
      sequence: 2,
      leadership: { lead: mandate(county), term: { takeovers: 0, transfers: 0 } },
    });
    expect(frontierFor(order, city, 0).sequence).toBe(1);
    expect(frontierFor(order, township, 1).sequence).toBe(1);
  });

  it('of a case not yet opened is empty', () => {
    expect(frontierFor(registerOrder([]), county, 0)).toEqual({
      parents: [],
      height: 1,
      sequence: 1,
      leadership: undefined,
    });
  });

  it('is the sixty-four heads with the smallest keys where there are more', () => {
    const { entries, sayings } = crowd();
    expect(parentsFor(registerOrder(entries), city, 0)).toEqual(sayings.slice(0, 64).map(({ hash }) => hash));
  });

  it('keeps the author’s own previous event among the ancestors', () => {
    const { entries, sayings, fact } = crowd();
    const follower = fact('follows village 99', village(98), [sayings[98]!, sayings[99]!]);
    const order = registerOrder(entries);
    const { parents, ...place } = frontierFor(order, village(99), 0);
    expect(parents).toHaveLength(64);
    expect(parents).toContain(follower.hash);
    const next: Entry = {
      ...place,
      parents,
      hash: hashOf('next'),
      tier: village(99),
      epoch: 0,
      term: { takeovers: 0, transfers: 0 },
    };
    expect(extend(order, [next]).order.placed.at(-1)?.entry).toBe(next);
  });

  it('keeps a head that knows the present lead, so that a new lead can act at once', () => {
    const { entries, open, sayings, takenOver } = crowd();
    const taken = takenOver('taken', city, [...sayings.slice(0, 1), open], '1.0');
    const { parents, leadership } = frontierFor(registerOrder(entries), city, 1);
    expect(parents).toHaveLength(64);
    expect(parents).toContain(taken.hash);
    expect(leadership).toMatchObject({ lead: mandate(city), term: { takeovers: 1, transfers: 0 } });
  });
});
