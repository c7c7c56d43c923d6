import { type Author, authorOf, type Sha256, toHex } from '@liandong/kernel';
import { emptyRoot, nodesInTiles, readSpans, tilePath } from '@liandong/ledger';
import { keysCarriedOn } from '../ledger/key-history.ts';
import { originOf } from '../ledger/open-epoch.ts';
import type { ExportFault } from './faults.ts';
import {
  type ExportFolder,
  keysOf,
  type Opening,
  type VerifiedLedger,
  type Verifying,
  verifyLedger,
} from './verify-ledger.ts';

type Ledger = VerifiedLedger & ExportFolder;

/**
 * Verifies each ledger in itself, of a tier the oldest epoch first: what one says of its keys
 * holds in the next, and a key that it revoked never comes back.
 */
export const verifyInTurn = async (
  deps: Verifying,
  folders: readonly ExportFolder[],
): Promise<readonly Ledger[]> => {
  const authors = await Promise.all(folders.map(authorIn));
  const epochAt = (n: number) => authors[n]?.epoch ?? 0;
  const verified = new Map<ExportFolder, Ledger>();
  for (const n of [...folders.keys()].toSorted((a, b) => epochAt(a) - epochAt(b))) {
    const [folder, author] = [folders[n], authors[n]];
    if (folder === undefined) continue;
    const before = author && ledgerBefore(author, [...verified.values()]);
    const keys = before?.keys && keysCarriedOn(before.keys);
    verified.set(folder, { ...(await verifyLedger(deps, folder, keys)), ...folder });
  }
  return folders.flatMap((folder) => verified.get(folder) ?? []);
};

const authorIn = async ({ readFile }: ExportFolder): Promise<Author | undefined> => {
  const keys = await keysOf(readFile);
  return keys && authorOf(keys.source);
};

/** The ledger on which an author's follows, as far as anybody shows it. */
const ledgerBefore = (author: Author, ledgers: readonly Ledger[]): Ledger | undefined => {
  const sizeOf = ({ head }: Ledger) => head?.checkpoint.size ?? 0;
  const [most] = ledgers
    .filter(({ head }) => head?.checkpoint.origin === originBefore(author))
    .toSorted((a, b) => sizeOf(b) - sizeOf(a));
  return most;
};

const originBefore = (author: Author): string => originOf({ ...author, epoch: author.epoch - 1 });

/**
 * Holds every ledger that follows on another to where that one ended: not before what its
 * witnesses had cosigned, under the very root, and with every leaf up to there still to be shown.
 * Without the one before it nobody can say which of its keys had ended.
 */
export const compareEpochs = async (
  sha256: Sha256,
  ledgers: readonly Ledger[],
  tell: (fault: ExportFault) => void,
): Promise<void> => {
  for (const ledger of ledgers) {
    const author = ledger.source === undefined ? undefined : authorOf(ledger.source);
    if (author === undefined || ledger.head === undefined) continue;
    const origin = originBefore(author);
    const before = ledgerBefore(author, ledgers);
    const { opening } = ledger;
    if (author.epoch > 1 && before === undefined)
      tell({ code: 'epoch-before-missing', folder: ledger.name, author: origin });
    if (opening !== undefined && opening.previous.origin === origin)
      await compareEnd(sha256, { ledger, opening, before }, ledgers, tell);
    else if (before !== undefined || opening !== undefined)
      tell({ code: 'epoch-not-opened', folder: ledger.name, author: before?.name ?? origin });
  }
};

type Following = { readonly ledger: Ledger; readonly opening: Opening; readonly before: Ledger | undefined };

const compareEnd = async (
  sha256: Sha256,
  { ledger, opening, before }: Following,
  ledgers: readonly Ledger[],
  tell: (fault: ExportFault) => void,
): Promise<void> => {
  const { seq, previous } = opening;
  const { size = 0, root = toHex(emptyRoot(sha256)) } = previous.cosigned ?? {};
  const place = { folder: ledger.name, seq };
  const shown = before?.head?.checkpoint.size;
  const seen = ledgers
    .flatMap(({ name, anchors = [] }) =>
      anchors
        .filter(({ origin }) => origin === previous.origin)
        .map((anchor) => ({ by: name, size: anchor.size })),
    )
    .concat(before === undefined || shown === undefined ? [] : [{ by: before.name, size: shown }])
    .toSorted((a, b) => b.size - a.size);
  const [most] = seen;
  if (most !== undefined && most.size > size)
    tell({ code: 'epoch-below-cosigned', ...place, size, cosigned: most.size, seenBy: most.by });
  const kept = Math.min(previous.stored, shown ?? previous.stored);
  if (kept < size) tell({ code: 'epoch-lost-events', ...place, from: kept, to: size });
  if (before === undefined || shown === undefined || shown < size) return;
  const made = await rootAt(sha256, before, size, shown);
  if (made !== undefined && toHex(made) !== root)
    tell({ code: 'epoch-root-differs', ...place, author: before.name, size });
};

/** The root that a ledger had at a size, out of the tiles of a folder that shows at least as much. */
export const rootAt = async (sha256: Sha256, { readFile }: ExportFolder, size: number, whole: number) => {
  if (size === 0) return emptyRoot(sha256);
  const nodes = nodesInTiles(sha256, (tile) => readFile(tilePath(tile)), whole);
  return (await readSpans(sha256, nodes, [{ from: 0, to: size }]))?.[0];
};
