import { describe, expect, it } from '@jest/globals';
import { demoTier, shippedItems } from '@liandong/adapters/reference';
import { sha256 } from '@liandong/adapters/crypto';
import { itemDecider } from '@liandong/domain/catalogue';
import { departmentDecider, tierDecider } from '@liandong/domain/directory';
import { type Decider, type Draft, type Fact, fold, type TierCode, withhold } from '@liandong/kernel';
import { checkOwnSchema } from './registry.ts';

/** Gives commands one after the other and returns the data of every event they would make. */
const eventsOf = <Command, F extends Fact, State, Refusal>(
  decider: Decider<Command, F, State, Refusal, Draft<F>>,
  commands: readonly Command[],
): readonly Fact[] => {
  const past: F[] = [];
  return commands.flatMap((command) => {
    const decided = decider.decide(command, fold(decider, past));
    if (!decided.ok) throw new Error(`refused: ${JSON.stringify(decided.refusal)}`);
    past.push(...decided.value);
    return decided.value.map(({ type, data, personal = {} }) => {
      let salts = 0;
      return { type, data: withhold(sha256, () => `salt${salts++}`, data as object, personal).data };
    });
  });
};

const flawed = (facts: readonly Fact[]) =>
  facts.flatMap(({ type, data }) => {
    const checked = checkOwnSchema(type, JSON.parse(JSON.stringify(data)));
    return checked.ok ? [] : [{ type, ...checked.refusal }];
  });

describe('what the product ships', () => {
  it.each(shippedItems.map(({ code, publications }) => ({ code, publications })))(
    'fits the schemas: item $code',
    ({ publications }) => {
      expect(publications.length).toBeGreaterThan(0);
      expect(flawed(eventsOf(itemDecider(sha256), publications))).toEqual([]);
    },
  );

  it.each(['431000', '431021', '431021106', '431022', '431003'])(
    'fits the schemas: the demonstration tier %s',
    (code) => {
      const demo = demoTier('test.example', code as TierCode);
      if (demo === undefined) throw new Error(`no tier ${code}`);
      const facts = [
        ...eventsOf(tierDecider, demo.founding),
        ...demo.departments.flatMap(({ commands }) => eventsOf(departmentDecider, commands)),
      ];
      expect(facts.length).toBeGreaterThan(10);
      expect(flawed(facts)).toEqual([]);
    },
  );
});
