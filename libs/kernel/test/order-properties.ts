import { expect } from '@jest/globals';
import fc from 'fast-check';
import type { Entry, Placed, Spine } from '../src/entry.ts';
import { termText } from '../src/event.ts';
import { extend } from '../src/extend-order.ts';
import { foldIncrementally } from '../src/fold-incrementally.ts';
import { frontierFor } from '../src/order-frontier.ts';
import type { OrderRules } from '../src/order-rules.ts';
import { caseDigest, type Ordering, orderUnder, selfForks, undeliverable } from '../src/register-order.ts';
import { compareTerms } from '../src/term.ts';
import { type History, histories, mixed, type Wildness } from './histories.ts';
import { referenceOrder } from './reference-order.ts';
import { hashOf, sha256 } from './story.ts';

type Property = {
  readonly wildness?: Wildness;
  readonly runs: number;
  readonly holds: (history: History, rules: OrderRules, seed: number) => void;
};

/** What must hold of every history. Run by the spec, and against broken rules. */
export const orderProperties = {
  'who holds the same events has the same order and digest, however they came': {
    runs: 2000,
    holds: ({ entries }, rules, seed) => {
      const whole = orderUnder(rules, entries, {});
      const arrived = grown(rules, mixed([...entries, ...entries.slice(0, seed % 9)], seed), seed);
      expect(essence(arrived)).toEqual(essence(whole));
      expect(caseDigest(sha256, arrived)).toBe(caseDigest(sha256, whole));
    },
  },

  'tiers that were cut off converge once each has what the others had': {
    runs: 400,
    holds: ({ held }, rules, seed) => {
      const all = held.flatMap(({ entries }) => entries);
      const orders = held.map(
        ({ entries }, n) => extend(grown(rules, entries, seed + n), mixed(all, seed + n)).order,
      );
      for (const order of orders) expect(essence(order)).toEqual(essence(orders[0]!));
    },
  },

  'a live order is at every step what a replay of its events gives': {
    runs: 800,
    holds: ({ entries }, rules, seed) => {
      const arriving = mixed(entries, seed);
      let order = orderUnder(rules, [], {});
      arriving.forEach((entry, n) => {
        ({ order } = extend(order, [entry]));
        expect(essence(order)).toEqual(essence(orderUnder(rules, arriving.slice(0, n + 1), {})));
      });
      expect(essence(order)).toEqual(essence(orderUnder(rules, entries, {})));
    },
  },

  'an extension names the first position that changed, and a fold kept up with it equals a fresh one': {
    runs: 1000,
    holds: ({ entries }, rules, seed) => {
      let order = orderUnder(rules, [], {});
      const fold = foldIncrementally<Trace>({ of: 'nothing' }, leaveTrace);
      for (const batch of batches(mixed(entries, seed), seed)) {
        const before = [...order.placed];
        const extended = extend(order, batch);
        order = extended.order;
        const same = before.findIndex((placed, n) => !samePlace(placed, order.placed[n]));
        expect(extended.firstChanged).toBe(same < 0 ? before.length : same);
        const kept = fold(order.placed, extended.firstChanged);
        expect(kept).toEqual(order.placed.reduce(leaveTrace, { of: 'nothing' }));
      }
    },
  },

  'what is known already changes nothing': {
    runs: 300,
    holds: ({ entries }, rules, seed) => {
      const order = orderUnder(rules, entries, {});
      const before = structuredClone(essence(order));
      const again = extend(order, mixed(entries, seed).slice(0, 1 + (seed % entries.length)));
      expect(again.firstChanged).toBe(order.placed.length);
      expect(essence(again.order)).toEqual(before);
    },
  },

  'no event stands before one of its ancestors': {
    runs: 1000,
    holds: ({ entries }, rules, seed) => {
      const { placed } = grown(rules, mixed(entries, seed), seed);
      const seen = new Set<string>();
      for (const { entry } of placed) {
        expect(entry.parents.filter((parent) => !seen.has(parent))).toEqual([]);
        seen.add(entry.hash);
      }
    },
  },

  'every deliverable event is placed once, as it was written, and no other': {
    runs: 1000,
    holds: ({ entries }, rules, seed) => {
      const order = grown(rules, mixed(entries, seed), seed);
      const placed = order.placed.map(({ entry }) => entry.hash);
      const reference = referenceOrder(entries).placed.map(({ entry }) => entry.hash);
      expect(placed.toSorted()).toEqual(reference.toSorted());
      expect([...placed, ...undeliverable(order).map(({ hash }) => hash)].sort()).toEqual(
        entries.map(({ hash }) => hash).sort(),
      );
      for (const { entry } of order.placed) expect(entries.includes(entry)).toBe(true);
    },
  },

  'the order is the one its definition gives': {
    runs: 1500,
    holds: ({ entries }, rules) => {
      const order = orderUnder(rules, entries, {});
      const reference = referenceOrder(entries);
      expect(order.placed).toEqual(reference.placed);
      expect(order.registered).toBe(reference.registered);
      expect(order.current?.term).toEqual(reference.reigns.at(-1)?.term);
      expect(order.current?.lead).toEqual(reference.reigns.at(-1)?.lead);
    },
  },

  'an event is judged by its own past, whatever else happened': {
    runs: 500,
    holds: ({ entries }, rules) => {
      const { placed } = orderUnder(rules, entries, {});
      const { pastOf } = referenceOrder(entries);
      for (const { entry, leadThen } of placed) {
        const past = pastOf(entry);
        const then = orderUnder(
          rules,
          entries.filter(({ hash }) => past.has(hash)),
          {},
        );
        expect(leadThen).toEqual(then.current?.lead);
      }
    },
  },

  'a term has at most one live lead': {
    runs: 1000,
    holds: ({ entries }, rules) => {
      const leads = new Map<string, unknown>();
      for (const { entry, superseded } of orderUnder(rules, entries, {}).placed) {
        if (superseded || entry.spine === undefined || entry.spine.kind === 'opened') continue;
        const term = termText(entry.term);
        expect(leads.get(term) ?? entry.spine.mandate).toEqual(entry.spine.mandate);
        leads.set(term, entry.spine.mandate);
      }
    },
  },

  'the first act of a term leaves behind every spine event of a lower term that it had not seen': {
    runs: 1000,
    holds: ({ entries }, rules) => {
      const { placed } = orderUnder(rules, entries, {});
      const live = placed.filter(({ entry, superseded }) => entry.spine && !superseded);
      const { pastOf } = referenceOrder(entries);
      for (const { entry: lower } of live)
        for (const { entry: higher } of live) {
          if (compareTerms(lower.term, higher.term) >= 0) continue;
          expect(pastOf(higher).has(lower.hash)).toBe(true);
        }
    },
  },

  'the register holds the live spine and what it has seen, and facts are never superseded': {
    runs: 500,
    holds: ({ entries }, rules) => {
      const { placed, registered } = orderUnder(rules, entries, {});
      const { pastOf } = referenceOrder(entries);
      const live = placed.filter(({ entry, superseded }) => entry.spine && !superseded);
      const filed = new Set(live.flatMap(({ entry }) => [entry.hash, ...pastOf(entry)]));
      expect(new Set(placed.slice(0, registered).map(({ entry }) => entry.hash))).toEqual(filed);
      expect(placed.filter(({ entry, superseded }) => superseded && !entry.spine)).toEqual([]);
    },
  },

  'the register only grows while the leadership and the first act of each term stand': {
    wildness: { forks: false },
    runs: 700,
    holds: ({ entries }, rules, seed) => {
      const arriving = mixed(entries, seed);
      const cuts = [0.3, 0.5, 0.7, 0.9].map((part) => Math.ceil(part * arriving.length));
      const steps = [...cuts, arriving.length].map((cut) => {
        const known = arriving.slice(0, cut);
        const { reigns, firsts } = referenceOrder(known);
        const { placed, registered } = grown(rules, known, seed);
        const openers = reigns.map(({ opener }) => opener.hash);
        return { openers, firsts, register: placed.slice(0, registered) };
      });
      steps.slice(1).forEach((after, n) => {
        const before = steps[n]!;
        const stands = JSON.stringify([before.openers, before.firsts]);
        if (stands !== JSON.stringify([after.openers, after.firsts])) return;
        expect(after.register.slice(0, before.register.length)).toEqual(before.register);
      });
    },
  },

  'what an author writes at its frontier is deliverable, and lawful if it leads': {
    wildness: { forks: false },
    runs: 500,
    holds: ({ held }, rules, seed) => {
      for (const { tier, epoch, entries } of held) {
        const order = grown(rules, entries, seed);
        const { leadership, ...place } = frontierFor(order, tier, epoch);
        if (leadership === undefined) continue;
        const spine: Spine = { kind: 'act', mandate: leadership.lead };
        const next: Entry = { ...place, hash: hashOf('next'), tier, epoch, term: leadership.term, spine };
        const { placed, registered } = extend(order, [next]).order;
        const leads = leadership.lead.tier === tier;
        expect(placed.find(({ entry }) => entry === next)?.superseded).toBe(!leads);
        if (leads) expect(placed[registered - 1]?.entry).toBe(next);
        if (leads) expect(registered).toBe(placed.length);
      }
    },
  },

  'a foreign event and all that follows it wait until it is anchored': {
    runs: 500,
    holds: ({ entries }, rules, seed) => {
      const own = entries[seed % entries.length]!.tier;
      const late = new Set(mixed(entries, seed).slice(0, 3));
      let anchoredNow = false;
      const anchored = (entry: Entry) => anchoredNow || !late.has(entry);
      const order = grown(rules, mixed(entries, seed + 1), seed, { own, anchored });
      const held = entries.filter((entry) => entry.tier === own || !late.has(entry));
      expect(essence(order)).toEqual(essence(orderUnder(rules, held, {})));
      for (const { entry } of order.placed) expect(entry.tier === own || !late.has(entry)).toBe(true);
      anchoredNow = true;
      expect(essence(extend(order, []).order)).toEqual(essence(orderUnder(rules, entries, {})));
    },
  },
} satisfies Readonly<Record<string, Property>>;

export type PropertyName = keyof typeof orderProperties;

export const assertProperty = (
  name: PropertyName,
  rules: OrderRules,
  options: fc.Parameters<unknown> = {},
) => {
  const { wildness, runs, holds }: Property = orderProperties[name];
  fc.assert(
    fc.property(histories(wildness), fc.nat(2 ** 30), (history, seed) => holds(history, rules, seed)),
    { numRuns: runs, ...options } as fc.Parameters<[History, number]>,
  );
};

/** An order as a live reader has it: from batches of any size, some entries more than once. */
const grown = (
  rules: OrderRules,
  entries: readonly Entry[],
  seed: number,
  delivery: Parameters<typeof orderUnder>[2] = {},
): Ordering =>
  batches(entries, seed).reduce(
    (order, batch) => extend(order, batch).order,
    orderUnder(rules, [], delivery),
  );

const batches = (entries: readonly Entry[], seed: number): readonly (readonly Entry[])[] => {
  const sizes = [1, 1, 2, 3, 5];
  const result: Entry[][] = [];
  for (let at = 0, n = seed % 7; at < entries.length; n += 1) {
    const size = sizes[(n * 3 + seed) % sizes.length] ?? 1;
    result.push(entries.slice(Math.max(0, at - (n % 2)), at + size));
    at += size;
  }
  return result;
};

/** Everything of an order that another reader of the same events must find as well. */
const essence = (order: Ordering) => ({
  placed: order.placed,
  registered: order.registered,
  term: order.current?.term,
  lead: order.current?.lead,
  heads: order.heads,
  forks: selfForks(order)
    .map((fork) => fork.map(({ hash }) => hash).sort())
    .sort(),
});

type Trace = { readonly of: string };
const leaveTrace = ({ of }: Trace, { entry, superseded }: Placed): Trace => ({
  of: `${of} ${entry.hash.slice(0, 8)}${superseded ? '-' : ''}`,
});

const samePlace = (a: Placed, b: Placed | undefined): boolean =>
  a.entry === b?.entry && a.superseded === b.superseded;
