import type { Feed, LinkEntry } from '@liandong/application';
import type { CommitSeal } from '@liandong/kernel';
import { splitHashes } from '@liandong/ledger';
import type pg from 'pg';
import { bytesOf, type EntryRow, hashOf, sealOf, type SealRow } from './rows.ts';

/** A seal and a head come with the first of the entries that share them: beside each they would weigh more than all entries. */
export const entriesOnTheirWay = (
  { author, destination }: Feed,
  after: number,
  limit: number,
): pg.QueryConfig => ({
  name: 'links-forwarded',
  text: `WITH entry AS MATERIALIZED (
      SELECT f.number, f.seq, f.hash, f.bytes, f.path, f.seal, f.head,
        row_number() OVER (PARTITION BY f.seal ORDER BY f.number) = 1 AS brings_seal,
        row_number() OVER (PARTITION BY f.head ORDER BY f.number) = 1 AS brings_head
      FROM (SELECT * FROM exchange.forward
        WHERE author = $1 AND destination = $2 AND number > $3 ORDER BY number LIMIT $4) f)
    SELECT e.number, e.seq, e.hash, e.bytes, e.path, e.seal AS signature, e.head,
      s.service, s.key_id, s.leaves, h.note
    FROM entry e
    LEFT JOIN exchange.seal s ON e.brings_seal AND s.signature = e.seal
    LEFT JOIN exchange.head h ON e.brings_head AND h.digest = e.head
    ORDER BY e.number`,
  values: [author, destination, after, limit],
});

/** Its seal and its head may have come with an earlier row. */
export type ForwardRow = Omit<EntryRow, keyof SealRow> & {
  readonly signature: Buffer;
  readonly service: string | null;
  readonly key_id: string | null;
  readonly leaves: Buffer | null;
  readonly head: Buffer | null;
  readonly note: Buffer | null;
  readonly path: Buffer | null;
};

/** Entries in a row; those under one seal or one head share it. */
export const forwardsOf = (rows: readonly ForwardRow[]): readonly LinkEntry[] => {
  const seals = new Map<string, CommitSeal>();
  const heads = new Map<string, Uint8Array>();
  return rows.map(({ number, seq, hash, bytes, signature, service, key_id, leaves, head, note, path }) => {
    const sealKey = signature.toString('latin1');
    const seal =
      service === null || key_id === null || leaves === null
        ? seals.get(sealKey)
        : sealOf({ signature, service, key_id, leaves });
    if (seal === undefined) throw new Error(`the link book lost the seal of entry ${number}`);
    seals.set(sealKey, seal);
    const entry = {
      number: Number(number),
      seq: Number(seq),
      hash: hashOf(hash),
      bytes: bytesOf(bytes),
      seal,
    };
    if (head === null || path === null) return entry;
    const headKey = head.toString('latin1');
    const proven = note === null ? heads.get(headKey) : bytesOf(note);
    if (proven === undefined) throw new Error(`the link book lost the head of entry ${number}`);
    heads.set(headKey, proven);
    return { ...entry, proof: { head: proven, path: splitHashes(bytesOf(path)) } };
  });
};
