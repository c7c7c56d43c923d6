import type { LedgerBatch, LedgerBook } from '@liandong/application';
import { hashBytes, maxTileLevel } from '@liandong/ledger';
import type pg from 'pg';
import {
  type AnchorRow,
  bytesOf,
  entryOf,
  type EntryRow,
  eventHashOf,
  hashBytesOf,
  headOf,
  type HeadRow,
  positionOf,
  type UnsealedRow,
} from './rows.ts';
import { inTransaction } from '../pg/transaction.ts';

/** A tier's ledger of one epoch in PostgreSQL, in the schema `ledger`. The audit's role may open it to read. */
export const postgresLedgerBook = (pool: pg.Pool, epoch: number): LedgerBook => {
  const rows = async <Row extends pg.QueryResultRow>(name: string, text: string, values: unknown[] = []) =>
    (await pool.query<Row>({ name, text, values })).rows;

  const anchor = async (text: string, values: unknown[] = []) => {
    const [row] = (await pool.query<AnchorRow>(text, values)).rows;
    return row && { ...headOf(row), at: row.at };
  };

  return {
    head: async () => {
      const [row] = await rows<HeadRow>('ledger-head', lastHead, [epoch]);
      return row && headOf(row);
    },
    place: async () => {
      const [row] = await rows<{ position: string }>('ledger-place', placeOf, [epoch]);
      return positionOf(row?.position ?? '0');
    },
    extend: async (batch) => {
      checkNumbers(batch);
      const [row] = await rows<{ extended: boolean }>('ledger-extend', extendCall, [
        epoch,
        ...extendValues(batch),
      ]);
      return row?.extended === true;
    },

    anchored: () => anchor(`${anchors} ORDER BY size DESC, fresh DESC LIMIT 1`, [epoch]),
    anchor: ({ size, root, note, at }) =>
      inTransaction(pool, async (client) => {
        await client.query('LOCK TABLE ledger.anchor IN EXCLUSIVE MODE');
        await client.query(keepAnchor, [epoch, size, Buffer.from(root), Buffer.from(note), at]);
      }),
    anchorOver: (seq) => anchor(`${anchors} AND size > $2 ORDER BY size, fresh LIMIT 1`, [epoch, seq]),

    tile: async ({ level, index, width }) => {
      if (level === 'entries' || level > maxTileLevel) return undefined;
      const [row] = await rows<{ bytes: Buffer }>('ledger-tile', tileBytes, [
        epoch,
        level,
        index,
        width * hashBytes,
      ]);
      return row && bytesOf(row.bytes);
    },
    entries: async (from, to) =>
      (await rows<EntryRow>('ledger-entries', entrySpan, [epoch, from, to])).map(entryOf),
    entryOf: async (hash) => {
      const [row] = await rows<EntryRow>('ledger-entry', entryByHash, [epoch, hashBytesOf(hash)]);
      return row && entryOf(row);
    },
    sealedAmong: async (hashes) => {
      const found = await rows<{ hash: Buffer }>('ledger-sealed', sealedHashes, [
        epoch,
        hashes.map(hashBytesOf),
      ]);
      return new Set(found.map(({ hash }) => eventHashOf(hash)));
    },
    unsealed: async (limit) =>
      (await rows<UnsealedRow>('ledger-unsealed', lastUnsealed, [epoch, limit])).map(
        ({ position, hash, reason, at }) => ({
          position: positionOf(position),
          hash: eventHashOf(hash),
          reason,
          at,
        }),
      ),
  };
};

const checkNumbers = ({ from, entries, head }: LedgerBatch) => {
  if (entries.some(({ seq }, n) => seq !== from + n))
    throw new RangeError('entries are numbered on from the head');
  if (head.size !== from + entries.length)
    throw new RangeError('the new head covers the entries and nothing else');
};

const extendValues = ({ fence, from, through, head, entries, tiles, unsealed }: LedgerBatch): unknown[] => [
  String(fence),
  from,
  String(through),
  Buffer.from(head.root),
  Buffer.from(head.note),
  entries.map(({ position }) => String(position)),
  entries.map(({ hash }) => hashBytesOf(hash)),
  tiles.map(({ tile }) => tile.level),
  tiles.map(({ tile }) => tile.index),
  tiles.map(({ bytes }) => Buffer.from(bytes)),
  unsealed.map(({ position }) => String(position)),
  unsealed.map(({ hash }) => hashBytesOf(hash)),
  unsealed.map(({ reason }) => reason),
  unsealed.map(({ at }) => at),
];

const extendCall = `SELECT ledger.extend($1::integer, $2::bigint, $3::bigint, $4::bigint, $5::bytea, $6::bytea,
  $7::bigint[], $8::bytea[], $9::integer[], $10::bigint[], $11::bytea[],
  $12::bigint[], $13::bytea[], $14::text[], $15::text[]) AS extended`;

const lastHead = 'SELECT size, root, note FROM ledger.head WHERE epoch = $1 ORDER BY size DESC LIMIT 1';

const placeOf = 'SELECT position FROM ledger.place WHERE epoch = $1';

const tileBytes = `SELECT substring(bytes FROM 1 FOR $4::integer) AS bytes FROM ledger.tile
  WHERE epoch = $1 AND level = $2 AND index = $3 AND length(bytes) >= $4::integer`;

const entrySpan = `SELECT seq, position, hash FROM ledger.entry
  WHERE epoch = $1 AND seq >= $2 AND seq < $3 ORDER BY seq`;

const entryByHash = 'SELECT seq, position, hash FROM ledger.entry WHERE epoch = $1 AND hash = $2';

const sealedHashes = 'SELECT hash FROM ledger.entry WHERE epoch = $1 AND hash = ANY ($2::bytea[])';

const lastUnsealed = `SELECT position, hash, reason, at FROM ledger.unsealed
  WHERE epoch = $1 ORDER BY position DESC LIMIT $2`;

const anchors = 'SELECT size, root, note, at FROM ledger.anchor WHERE epoch = $1';

const keepAnchor = `INSERT INTO ledger.anchor (epoch, size, fresh, root, note, at)
  SELECT $1::integer, $2::bigint, EXISTS (SELECT FROM ledger.anchor WHERE epoch = $1::integer AND size = $2::bigint),
    $3::bytea, $4::bytea, $5::text
  WHERE NOT EXISTS (SELECT FROM ledger.anchor WHERE epoch = $1::integer AND size > $2::bigint)
  ON CONFLICT (epoch, size, fresh) DO UPDATE SET root = excluded.root, note = excluded.note, at = excluded.at`;
