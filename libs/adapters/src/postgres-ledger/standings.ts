import type { LedgerStandings } from '@liandong/application';
import type pg from 'pg';
import { unlessUnmade } from '../pg/counter-reads.ts';
import { eventHashOf, hashBytesOf } from './rows.ts';

type StandingRow = {
  readonly hash: Buffer;
  readonly seq: string;
  readonly size: string | null;
  readonly at: string | null;
};

/** How far own events have come, for the tier's counter: its role may read just what stands here. */
export const postgresLedgerStandings = (pool: pg.Pool): LedgerStandings => ({
  of: async (hashes) => {
    if (hashes.length === 0) return new Map();
    const rows = await unlessUnmade<StandingRow>(pool, standingsOf, [hashes.map(hashBytesOf)]);
    return new Map(
      rows.map(({ hash, seq, size, at }) => [
        eventHashOf(hash),
        { seq: Number(seq), anchored: size === null || at === null ? undefined : { size: Number(size), at } },
      ]),
    );
  },
  anchoredSize: async () => {
    const [row] = await unlessUnmade<{ size: string }>(pool, anchoredSize, []);
    return Number(row?.size ?? 0);
  },
});

const standingsOf = `SELECT e.hash, e.seq, a.size, a.at FROM ledger.entry e
  LEFT JOIN LATERAL (
    SELECT size, at FROM ledger.anchor WHERE epoch = e.epoch AND size > e.seq ORDER BY size, fresh LIMIT 1
  ) a ON true
  WHERE e.hash = ANY ($1::bytea[]) ORDER BY e.epoch`;

/** Over all epochs, so that it never shrinks. */
const anchoredSize = `SELECT coalesce(sum(size), 0) AS size FROM (
  SELECT max(size) AS size FROM ledger.anchor GROUP BY epoch) a`;
