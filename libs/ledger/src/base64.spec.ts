import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fromBase64, toBase64 } from './base64.ts';

describe('base64', () => {
  it('is what everybody writes, and reads back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
        expect(fromBase64(toBase64(bytes))).toEqual(bytes);
      }),
    );
  });

  it('has one spelling: whatever is read is written the same', () => {
    const texts = fc.string({ unit: fc.constantFrom(...'AQgw/+=_- \nZ9'), maxLength: 12 });
    fc.assert(
      fc.property(texts, (text) => {
        const bytes = fromBase64(text);
        if (bytes !== undefined) expect(toBase64(bytes)).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });

  it.each(['A', 'AA', 'AAA', 'AB==', 'AAB=', 'A===', '====', 'AA==AA==', 'AA=A', 'AAA\n', ' AAA', 'AA-_'])(
    'is not %j',
    (text) => {
      expect(fromBase64(text)).toBeUndefined();
    },
  );
});
