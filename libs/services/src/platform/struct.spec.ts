import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fromStruct, toStruct } from './struct.ts';

describe('a struct', () => {
  it('carries any JSON object there and back', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue({ noUnicodeString: false, maxDepth: 4 })),
        (json) => {
          expect(fromStruct(toStruct(json), 20)).toEqual(json);
        },
      ),
    );
  });

  it('is not followed deeper than asked', () => {
    const nested = (depth: number): object => (depth === 0 ? {} : { a: [nested(depth - 1)] });
    expect(() => fromStruct(toStruct(nested(3)), 10)).not.toThrow();
    expect(() => fromStruct(toStruct(nested(30)), 10)).toThrow(RangeError);
  });
});
