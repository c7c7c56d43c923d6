import { compareTexts } from '@liandong/kernel';
import { decodeBundle, type ReadFile, tileAt, tilePath, tileWidth } from '@liandong/ledger';
import type { ExportFault } from './faults.ts';
import { decodeIndex, type IndexLine, shardPath } from './folder.ts';
import type { LedgerFault } from './faults.ts';

const bundlesKept = 32;

/** Entries of an export by leaf, out of order; a few bundles are kept. */
export const entryReader = (readFile: ReadFile, size: number) => {
  const kept = new Map<number, readonly Uint8Array[]>();
  return async (seq: number): Promise<Uint8Array | undefined> => {
    const index = Math.floor(seq / tileWidth);
    const tile = tileAt('entries', index, size);
    if (tile === undefined) return undefined;
    const entries = kept.get(index) ?? decoded(await readFile(tilePath(tile)), tile.width);
    kept.delete(index);
    kept.set(index, entries);
    const [oldest] = kept.keys();
    if (kept.size > bundlesKept && oldest !== undefined) kept.delete(oldest);
    return entries[seq % tileWidth];
  };
};

const decoded = (bytes: Uint8Array | undefined, width: number): readonly Uint8Array[] => {
  const bundle = bytes && decodeBundle(bytes, width);
  return bundle?.ok ? bundle.value : [];
};

/** The lines of an export's index, by stream; what is wrong with the index is told. */
export const indexLines = async function* (
  folder: string,
  readFile: ReadFile,
  tell: (fault: ExportFault | LedgerFault) => void,
): AsyncGenerator<IndexLine, undefined> {
  let before = '';
  for (let shard = 0; ; shard++) {
    const path = shardPath(shard);
    const bytes = await readFile(path);
    if (bytes === undefined) return undefined;
    const lines = decodeIndex(bytes);
    if (typeof lines === 'number') {
      tell({ code: 'file-malformed', path, line: lines });
      return undefined;
    }
    for (const line of lines) {
      if (compareTexts(before, line.stream) >= 0) {
        tell({ code: 'index-out-of-order', folder, path });
        return undefined;
      }
      before = line.stream;
      yield line;
    }
  }
};
