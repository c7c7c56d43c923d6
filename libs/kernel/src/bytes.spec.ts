import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fromHex, toHex } from './bytes.ts';

const isHex = /^(?:[0-9a-f]{2})*$/;

describe('hex', () => {
  it('goes round', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(toHex(bytes)).toBe(Buffer.from(bytes).toString('hex'));
        expect(fromHex(toHex(bytes))).toEqual(bytes);
      }),
    );
  });

  it('is read as two lower-case digits a byte, and nothing else is', () => {
    const digits = fc.constantFrom(...'0123456789abcdef');
    const others = fc.constantFrom(...'ABFGg/:`@ -+xéπ\u0000\u2060\uff10\ud800'.split(''));
    const text = fc
      .array(fc.oneof({ weight: 9, arbitrary: digits }, { weight: 1, arbitrary: others }), { maxLength: 12 })
      .map((characters) => characters.join(''));
    fc.assert(
      fc.property(text, (hex) => {
        if (isHex.test(hex)) expect(toHex(fromHex(hex))).toBe(hex);
        else expect(() => fromHex(hex)).toThrow(RangeError);
      }),
      { numRuns: 2_000 },
    );
  });
});
