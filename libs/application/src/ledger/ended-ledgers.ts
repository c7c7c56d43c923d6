import { type EventHash, type Source } from '@liandong/kernel';
import type { LedgerBook } from '../ports/ledger-book.ts';
import type { EndedLedgers } from './judge-events.ts';

export type EndedLedger = {
  readonly source: Source;
  readonly book: Pick<LedgerBook, 'head' | 'anchored' | 'entryOf' | 'sealedAmong'>;
};

/**
 * What the ledgers of a tier that have ended hold. Each ends at the last head that its
 * witnesses cosigned: what it signed beyond was never anybody else's to see.
 */
export const endedLedgers = (ledgers: readonly EndedLedger[]): EndedLedgers | undefined => {
  if (ledgers.length === 0) return undefined;
  const heldBy = async ({ book }: EndedLedger, hashes: readonly EventHash[]) => {
    const size = (await book.anchored())?.size ?? 0;
    if (((await book.head())?.size ?? 0) <= size) return [...(await book.sealedAmong(hashes))];
    const entries = await Promise.all(
      [...(await book.sealedAmong(hashes))].map((hash) => book.entryOf(hash)),
    );
    return entries.flatMap((entry) => (entry !== undefined && entry.seq < size ? [entry.hash] : []));
  };
  return {
    sources: ledgers.map(({ source }) => source),
    sealed: {
      sealedAmong: async (hashes) =>
        new Set((await Promise.all(ledgers.map((ledger) => heldBy(ledger, hashes)))).flat()),
    },
  };
};
