import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson, isCanonicalJson } from './jcs.ts';

/** Judged the plain way: written anew and compared. */
const plainly = (text: string): boolean => {
  try {
    return canonicalJson(JSON.parse(text)) === text;
  } catch {
    return false;
  }
};
const judged = (text: string): boolean => isCanonicalJson(text, JSON.parse(text));

describe('canonical JSON', () => {
  it('is known as such, whatever it says', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        expect(judged(canonicalJson(value))).toBe(true);
      }),
    );
  });

  it('is told from every other way to write the same, as writing it anew would tell', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), (text) => {
        expect(judged(text)).toBe(plainly(text));
      }),
    );
  });

  it.each([
    ['names that look like numbers, in text order', '{"10":1,"9":2}', true],
    ['names that look like numbers, in number order', '{"9":2,"10":1}', false],
    ['a lone surrogate', '{"a":"\\ud800"}', false],
    ['a lone surrogate in a name', '{"\\udc00":1}', false],
    ['a backslash before the letters of an escape', '{"a":"\\\\ud800"}', true],
    ['a member twice', '{"a":1,"a":1}', false],
    ['members of a member in disorder', '[{"b":1,"a":2}]', false],
    ['a negative zero', '[-0]', false],
    ['an own member named __proto__', '{"__proto__":{"b":1,"a":1}}', false],
    ['an escape that need not be', '["\\u0041"]', false],
    ['a control character as it must be', '["\\u0001\\n"]', true],
  ])('%s: %s', (_, text, canonical) => {
    expect(judged(text)).toBe(canonical);
    expect(plainly(text)).toBe(canonical);
  });
});
