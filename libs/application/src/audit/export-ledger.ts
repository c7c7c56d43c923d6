import { ok, type Result } from '@liandong/kernel';
import type { WriteFile } from './folder.ts';
import { type ExportRefusal, type LedgerFolderDeps, openLedgerFolder } from './ledger-folder.ts';

export type Exporting = LedgerFolderDeps & {
  readonly writeFile: WriteFile;
  /** Told how many files are written, of how many. */
  readonly progress?: (written: number, files: number) => void;
};

export type Exported = { readonly origin: string; readonly size: number; readonly streams: number };

/** Writes a ledger up to its last anchored head as a folder that stands alone. */
export const exportLedger = async (deps: Exporting): Promise<Result<Exported, ExportRefusal>> => {
  const opened = await openLedgerFolder(deps);
  if (!opened.ok) return opened;
  const { origin, extent, streams, paths, fileAt } = opened.value;
  const all = [...paths()];
  for (const [n, path] of all.entries()) {
    const file = await fileAt(path);
    if (!file.ok) return file;
    if (file.value !== undefined) await deps.writeFile(path, file.value);
    deps.progress?.(n + 1, all.length);
  }
  return ok({ origin, size: extent.size, streams });
};
