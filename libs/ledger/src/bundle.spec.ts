import { describe, expect, it } from '@jest/globals';
import { utf8 } from '@liandong/kernel';
import fc from 'fast-check';
import { decodeBundle, encodeBundle, maxEntryBytes } from './bundle.ts';

const entries = fc.array(fc.uint8Array({ maxLength: 600 }), { minLength: 1, maxLength: 20 });
const bundle = encodeBundle(['one', '', 'three'].map(utf8));

describe('an entry bundle', () => {
  it('is each entry with its length before it', () => {
    expect([...encodeBundle([utf8('ab'), new Uint8Array(258)])].slice(0, 7)).toEqual([0, 2, 97, 98, 1, 2, 0]);
  });

  it('gives back what was put in', () => {
    fc.assert(
      fc.property(entries, (given) => {
        expect(decodeBundle(encodeBundle(given), given.length)).toEqual({ ok: true, value: given });
      }),
    );
  });

  it('takes the largest entry and no larger one, 256 entries and no more', () => {
    const largest = encodeBundle([new Uint8Array(maxEntryBytes)]);
    expect(decodeBundle(largest, 1)).toMatchObject({ ok: true });
    expect(() => encodeBundle([new Uint8Array(maxEntryBytes + 1)])).toThrow(RangeError);
    expect(() => encodeBundle([])).toThrow(RangeError);
    expect(() => encodeBundle(Array.from({ length: 257 }, () => utf8('x')))).toThrow(RangeError);
  });

  it.each([
    ['is cut in an entry', bundle.subarray(0, -1), 3, 'entry-cut-short', 2],
    ['is cut in a length', bundle.subarray(0, 6), 3, 'entry-cut-short', 1],
    ['is empty', new Uint8Array(), 1, 'entry-cut-short', 0],
    ['holds fewer entries', bundle, 4, 'entry-cut-short', 3],
    ['holds more', bundle, 2, 'bytes-after-the-last-entry', 2],
    ['has no width', bundle, 0, 'not-a-width', 0],
    ['is wider than a tile', bundle, 257, 'not-a-width', 0],
  ])('is refused if it %s', (_, bytes, width, code, entry) => {
    expect(decodeBundle(bytes, width)).toEqual({ ok: false, refusal: { code, entry } });
  });

  it('with a length changed is refused, never misread beyond its end', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.integer({ min: 1, max: 256 }), (bytes, width) => {
        const decoded = decodeBundle(bytes, width);
        if (decoded.ok) expect(encodeBundle(decoded.value)).toEqual(bytes);
      }),
    );
  });
});
