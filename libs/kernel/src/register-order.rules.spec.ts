import { describe, expect, it } from '@jest/globals';
import { brokenRules } from '../test/broken-rules.ts';
import { orderExamples } from '../test/order-examples.ts';
import { assertProperty, type PropertyName } from '../test/order-properties.ts';
import { type OrderRules, orderRules } from './order-rules.ts';
import { orderUnder } from './register-order.ts';

const examplesThatFail = (rules: OrderRules): readonly string[] =>
  Object.entries(orderExamples).flatMap(([name, example]) => {
    try {
      example((entries, delivery = {}) => orderUnder(rules, entries, delivery));
      return [];
    } catch {
      return [name];
    }
  });

/** The same histories at every run, so that a rule that goes unnoticed is not noticed by luck. */
const fails = (name: PropertyName, rules: OrderRules): boolean => {
  try {
    assertProperty(name, rules, { seed: 20_181_015, endOnFailure: true, numRuns: 3000 });
    return false;
  } catch {
    return true;
  }
};

describe('a broken rule of the register order is noticed', () => {
  it('and unbroken rules pass where the broken ones are tried', () => {
    expect(examplesThatFail(orderRules)).toEqual([]);
  });

  for (const [name, { rules, noticedBy }] of Object.entries(brokenRules))
    it(name, () => {
      const broken = { ...orderRules, ...rules };
      expect(examplesThatFail(broken)).not.toEqual([]);
      expect(noticedBy.filter((property) => !fails(property, broken))).toEqual([]);
    });

  it('and every rule is broken at least once', () => {
    const broken = new Set(Object.values(brokenRules).flatMap(({ rules }) => Object.keys(rules)));
    expect([...broken].sort()).toEqual(Object.keys(orderRules).sort());
  });
});
