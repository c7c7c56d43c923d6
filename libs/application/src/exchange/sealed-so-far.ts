import type { LedgerEntry } from '../ports/ledger-book.ts';
import type { LedgerFiles, OwnLedger } from './ledger-links.ts';

/**
 * All that a tier has sealed, one ledger after the other, counted through from the first leaf of
 * the first. A ledger that has ended does so at its last anchored head.
 */
export type SealedSoFar = {
  /** How many leaves may leave. */
  readonly size: () => Promise<number>;
  /** `seq` counts through. */
  readonly entries: (from: number, to: number) => Promise<readonly LedgerEntry[]>;
  /** The ledger that holds a leaf, and its place there. */
  readonly leafAt: (seq: number) => Promise<{ readonly book: LedgerFiles; readonly seq: number }>;
};

type Stretch = { readonly book: LedgerFiles; readonly from: number; readonly to: number };

export const sealedSoFar = ({
  book: current,
  former = [],
}: Pick<OwnLedger, 'book' | 'former'>): SealedSoFar => {
  let settled: readonly Stretch[] | undefined = former.length === 0 ? [] : undefined;

  /** Where the ledgers before end may change until the one that follows has begun. */
  const before = async (): Promise<readonly Stretch[]> => {
    if (settled !== undefined) return settled;
    const begun = (await current.anchored()) !== undefined;
    const stretches: Stretch[] = [];
    for (const book of former) {
      const from = stretches.at(-1)?.to ?? 0;
      stretches.push({ book, from, to: from + ((await book.anchored())?.size ?? 0) });
    }
    if (begun) settled = stretches;
    return stretches;
  };
  const all = async (): Promise<readonly Stretch[]> => {
    const ended = await before();
    return [...ended, { book: current, from: ended.at(-1)?.to ?? 0, to: Infinity }];
  };

  return {
    size: async () => {
      const from = (await before()).at(-1)?.to ?? 0;
      return from + ((await current.anchored())?.size ?? 0);
    },
    entries: async (from, to) => {
      const found: LedgerEntry[] = [];
      for (const { book, from: begins, to: ends } of await all()) {
        const [first, last] = [Math.max(from, begins), Math.min(to, ends)];
        if (first >= last) continue;
        for (const entry of await book.entries(first - begins, last - begins))
          found.push(begins === 0 ? entry : { ...entry, seq: entry.seq + begins });
      }
      return found;
    },
    leafAt: async (seq) => {
      const ledger = (await all()).find(({ to }) => seq < to);
      return ledger === undefined ? { book: current, seq } : { book: ledger.book, seq: seq - ledger.from };
    },
  };
};
