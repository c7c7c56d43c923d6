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

/** A tier's ledger in PostgreSQL, in the schema `ledger`. The audit's role may open it to read. */
export const postgresLedgerBook = (pool: pg.Pool): LedgerBook => {
  const rows = async <Row extends pg.QueryResultRow>(name: string, text: string, values: unknown[] = []) =>
    (await pool.query<Row>({ name, text, values })).rows;

  const anchor = async (text: string, values: unknown[] = []) => {
    const [row] = (await pool.query<AnchorRow>(text, values)).rows;
    return row && { ...headOf(row), at: row.at };
  };

  return {
    head: async () => {
      const [row] = await rows<HeadRow>('ledger-head', lastHead);
      return row && headOf(row);
    },
    place: async () => {
      const [row] = await rows<{ position: string }>('ledger-place', 'SELECT position FROM ledger.place');
      return positionOf(row?.position ?? '0');
    },
    extend: async (batch) => {
      checkNumbers(batch);
      const [row] = await rows<{ extended: boolean }>('ledger-extend', extendCall, extendValues(batch));
      return row?.extended === true;
    },

    anchored: () => anchor(`${anchors} ORDER BY size DESC, fresh DESC LIMIT 1`),
    anchor: ({ size, root, note, at }) =>
      inTransaction(pool, async (client) => {
        await client.query('LOCK TABLE ledger.anchor IN EXCLUSIVE MODE');
        await client.query(keepAnchor, [size, Buffer.from(root), Buffer.from(note), at]);
      }),
    anchorOver: (seq) => anchor(`${anchors} WHERE size > $1 ORDER BY size, fresh LIMIT 1`, [seq]),

    tile: async ({ level, index, width }) => {
      if (level === 'entries' || level > maxTileLevel) return undefined;
      const [row] = await rows<{ bytes: Buffer }>('ledger-tile', tileBytes, [
        level,
        index,
        width * hashBytes,
      ]);
      return row && bytesOf(row.bytes);
    },
    entries: async (from, to) => (await rows<EntryRow>('ledger-entries', entrySpan, [from, to])).map(entryOf),
    entryOf: async (hash) => {
      const [row] = await rows<EntryRow>('ledger-entry', entryByHash, [hashBytesOf(hash)]);
      return row && entryOf(row);
    },
    sealedAmong: async (hashes) => {
      const found = await rows<{ hash: Buffer }>('ledger-sealed', sealedHashes, [hashes.map(hashBytesOf)]);
      return new Set(found.map(({ hash }) => eventHashOf(hash)));
    },
    unsealed: async (limit) =>
      (await rows<UnsealedRow>('ledger-unsealed', lastUnsealed, [limit])).map(
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

const extendCall = `SELECT ledger.extend($1::bigint, $2::bigint, $3::bigint, $4::bytea, $5::bytea,
  $6::bigint[], $7::bytea[], $8::integer[], $9::bigint[], $10::bytea[],
  $11::bigint[], $12::bytea[], $13::text[], $14::text[]) AS extended`;

const lastHead = 'SELECT size, root, note FROM ledger.head ORDER BY size DESC LIMIT 1';

const tileBytes = `SELECT substring(bytes FROM 1 FOR $3::integer) AS bytes FROM ledger.tile
  WHERE level = $1 AND index = $2 AND length(bytes) >= $3::integer`;

const entrySpan = `SELECT seq, position, hash FROM ledger.entry WHERE seq >= $1 AND seq < $2 ORDER BY seq`;

const entryByHash = 'SELECT seq, position, hash FROM ledger.entry WHERE hash = $1';

const sealedHashes = 'SELECT hash FROM ledger.entry WHERE hash = ANY ($1::bytea[])';

const lastUnsealed = `SELECT position, hash, reason, at FROM ledger.unsealed ORDER BY position DESC LIMIT $1`;

const anchors = 'SELECT size, root, note, at FROM ledger.anchor';

const keepAnchor = `INSERT INTO ledger.anchor (size, fresh, root, note, at)
  SELECT $1::bigint, EXISTS (SELECT FROM ledger.anchor WHERE size = $1::bigint), $2::bytea, $3::bytea, $4::text
  WHERE NOT EXISTS (SELECT FROM ledger.anchor WHERE size > $1::bigint)
  ON CONFLICT (size, fresh) DO UPDATE SET root = excluded.root, note = excluded.note, at = excluded.at`;
