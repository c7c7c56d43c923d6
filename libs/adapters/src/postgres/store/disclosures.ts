import type { Disclosures } from '@liandong/application';
import type { Disclosure } from '@liandong/kernel';
import type pg from 'pg';
import { textArray } from './arrays.ts';
import { textRows } from './rows.ts';

/**
 * The clear text beside the events. A role may hold or erase only if the store's owner granted
 * it that: the service that erases is not the one that takes in.
 */
export const postgresDisclosures = (pool: pg.Pool): Disclosures => ({
  hold: async (disclosures) => {
    const [row] = await textRows<[string]>(pool, hold, [
      textArray(disclosures.map(({ digest }) => digest)),
      textArray(disclosures.map(disclosureContent)),
    ]);
    return { tombstoned: JSON.parse(row?.[0] ?? '[]') as string[] };
  },
  erase: async (digests, { position }) => {
    await textRows(pool, erase, [textArray(digests), String(position)]);
  },
  tombstoned: async (digests) => {
    const rows = await textRows<[string]>(pool, tombstones, [textArray(digests)]);
    const erased = new Set(rows.map(([digest]) => digest));
    return digests.filter((digest) => erased.has(digest));
  },
  tombstones: async () => {
    const rows = await textRows<[string, string | null]>(pool, allTombstones, []);
    return rows.map(([digest, salt]) => ({ digest, ...(salt !== null && { salt }) }));
  },
  held: (digests) => heldDisclosures(pool, digests),
});

export const heldDisclosures = async (
  pool: pg.Pool,
  digests: readonly string[],
): Promise<readonly Disclosure[]> =>
  (await textRows<[string, string]>(pool, byDigest, [textArray(digests)])).map(([digest, content]) => {
    const [salt, name, value] = JSON.parse(content) as [string, string, Disclosure['value']];
    return { digest, salt, name, value };
  });

/** What the digest is made of, as the table keeps it. */
export const disclosureContent = ({ salt, name, value }: Disclosure): string =>
  JSON.stringify([salt, name, value]);

const byDigest = {
  name: 'store-disclosures',
  text: 'SELECT digest, content FROM store.disclosure WHERE digest = ANY ($1::text[])',
};
const tombstones = {
  name: 'store-tombstones',
  text: 'SELECT digest FROM store.tombstone WHERE digest = ANY ($1::text[])',
};
const allTombstones = {
  name: 'store-all-tombstones',
  text: "SELECT digest, encode(salt, 'hex') FROM store.tombstone ORDER BY digest",
};
const hold = { name: 'store-hold', text: 'SELECT to_json(store.hold($1, $2))' };
const erase = { name: 'store-erase', text: 'SELECT store.erase($1, $2)' };
