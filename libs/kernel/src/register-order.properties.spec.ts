import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { histories, type History } from '../test/histories.ts';
import { assertProperty, orderProperties, type PropertyName } from '../test/order-properties.ts';
import { referenceOrder } from '../test/reference-order.ts';
import { orderRules } from './order-rules.ts';
import { registerOrder, selfForks, undeliverable } from './register-order.ts';

/** What makes a history worth trying. */
const traits: Readonly<Record<string, (history: History) => boolean>> = {
  'a takeover': ({ entries }) => (registerOrder(entries).current?.term.takeovers ?? 0) > 0,
  'a second takeover': ({ entries }) => (registerOrder(entries).current?.term.takeovers ?? 0) > 1,
  'a transfer': ({ entries }) => (registerOrder(entries).current?.term.transfers ?? 0) > 0,
  'a claim that lost': ({ entries }) => {
    const { placed } = registerOrder(entries);
    return placed.some(({ entry, superseded }) => superseded && isClaim(entry) && entry.term.takeovers < 2);
  },
  'an old lead left behind': ({ entries }) => {
    const { placed, graph } = registerOrder(entries);
    return placed.some(
      ({ entry, superseded }) =>
        superseded && entry.spine?.kind === 'act' && graph.delivered.get(entry.hash)?.verdict.lawful,
    );
  },
  'a tail': ({ entries }) => registerOrder(entries).registered < registerOrder(entries).placed.length,
  'a fork': ({ entries }) => selfForks(registerOrder(entries)).length > 0,
  'an undeliverable event': ({ entries }) => undeliverable(registerOrder(entries)).length > 0,
  'a tier that knows less than another': ({ held: [a, b] }) => a?.entries.length !== b?.entries.length,
  'two live epochs of one tier': ({ entries }) => {
    const live = referenceOrder(entries).live.map(({ tier, epoch }) => `${tier}/${epoch}`);
    return new Set(live).size > new Set(live.map((author) => author.split('/')[0])).size;
  },
};

const isClaim = ({ spine }: History['entries'][number]) =>
  spine?.kind === 'takenOver' || spine?.kind === 'transferred';

describe('over random histories', () => {
  for (const name of Object.keys(orderProperties) as PropertyName[])
    it(name, () => assertProperty(name, orderRules));

  const sample = fc.sample(histories(), { numRuns: 500, seed: 20_181_015 });
  for (const [name, has] of Object.entries(traits))
    it(`among them are many with ${name}`, () => {
      expect(sample.filter(has).length).toBeGreaterThan(10);
    });
});
