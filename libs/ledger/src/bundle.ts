import { concat, ok, refuse, type Result } from '@liandong/kernel';
import { tileWidth } from './tile.ts';

/** A longer payload goes into the log by its hash. */
export const maxEntryBytes = 65_535;

export type BundleRefusal = {
  readonly code: 'entry-cut-short' | 'bytes-after-the-last-entry' | 'not-a-width';
  /** Which entry of the bundle, from 0. */
  readonly entry: number;
};

/** Up to 256 entries as one file: of each its length in two bytes, then itself. */
export const encodeBundle = (entries: readonly Uint8Array[]): Uint8Array => {
  if (entries.length < 1 || entries.length > tileWidth)
    throw new RangeError('a bundle holds 1 to 256 entries');
  return concat(
    ...entries.flatMap((entry) => {
      if (entry.length > maxEntryBytes) throw new RangeError(`an entry has at most ${maxEntryBytes} bytes`);
      return [Uint8Array.of(entry.length >> 8, entry.length & 0xff), entry];
    }),
  );
};

/** Exactly `width` entries and not a byte more. */
export const decodeBundle = (
  bytes: Uint8Array,
  width: number,
): Result<readonly Uint8Array[], BundleRefusal> => {
  if (!Number.isInteger(width) || width < 1 || width > tileWidth)
    return refuse({ code: 'not-a-width', entry: 0 });
  const entries: Uint8Array[] = [];
  let at = 0;
  while (entries.length < width) {
    const [high, low] = bytes.subarray(at, at + 2);
    if (high === undefined || low === undefined)
      return refuse({ code: 'entry-cut-short', entry: entries.length });
    const end = at + 2 + high * 256 + low;
    if (end > bytes.length) return refuse({ code: 'entry-cut-short', entry: entries.length });
    entries.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return at === bytes.length ? ok(entries) : refuse({ code: 'bytes-after-the-last-entry', entry: width });
};
