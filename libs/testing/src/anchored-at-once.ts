import { anchoredFirst, type LedgerStandings } from '@liandong/application';

/** A ledger in which every event is sealed and anchored as soon as it is recorded. */
export const anchoredAtOnce: LedgerStandings = {
  of: async (hashes) =>
    new Map(hashes.map((hash) => [hash, { seq: 0, anchored: { size: 1, at: '2026-03-02T01:00:00.000Z' } }])),
  anchoredSize: async () => 1,
};

/** What a lead waits for there: nothing. */
export const nothingToAwait = anchoredFirst({
  standings: anchoredAtOnce,
  wait: () => Promise.reject(new Error('everything is anchored')),
  patience: 0,
});
