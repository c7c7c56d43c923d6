import type { AnchoredFirst, LedgerStandings } from '@liandong/application';
import { ok } from '@liandong/kernel';

/** No cell waits for witnesses: what a lead would wait for is not what is measured. */
export const nothingToAwait: AnchoredFirst = {
  unanchored: async () => [],
  awaited: async () => ok('anchored'),
};

export const noLedger: LedgerStandings = { of: async () => new Map(), anchoredSize: async () => 0 };
