import { newPrivateKey, sealer, sha256 } from '@liandong/adapters/crypto';
import {
  decodeEvent,
  type Envelope,
  eventBytes,
  eventHash,
  type ServiceName,
  type Source,
} from '@liandong/kernel';
import { emptyEdge, growEdge, type Hash, rootOfEdge } from '@liandong/ledger';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';

/** A tier's database in the hands of somebody who may do anything in it, and holds no key of the tier's. */
export type Hands = {
  readonly sql: (text: string, values?: readonly unknown[]) => Promise<readonly Row[]>;
  /** An own event by its type, in the order of the ledger. */
  readonly find: (type: string, nth?: number) => Promise<Found>;
  /** The first own event of its stream that lies now where this one lay, or later. */
  readonly successor: (of: Found) => Promise<Found>;
};
type Row = Record<string, unknown>;
export type Found = { readonly seq: number; readonly position: number; readonly stream: string };

/**
 * As the superuser, with every trigger of store and ledger switched off, in one transaction, so
 * that no service sees it half done.
 */
export const asInsider = async (
  folder: string,
  tier: string,
  act: (hands: Hands) => Promise<unknown>,
): Promise<void> => {
  const file = path.join(folder, 'tiers', tier, 'approval.url');
  const host = decodeURIComponent(/\?host=(\S+)/.exec(readFileSync(file, 'utf8'))?.[1] ?? '');
  const secrets = readFileSync(path.join(folder, 'postgres', 'secrets.json'), 'utf8');
  const { postgres: password } = JSON.parse(secrets) as { postgres: string };
  const client = new pg.Client({ host, user: 'postgres', password, database: `tier_${tier}` });
  await client.connect();
  const sql = async (text: string, values: readonly unknown[] = []) =>
    (await client.query<Row>(text, [...values])).rows;
  try {
    const tables = await sql(
      `SELECT DISTINCT tgrelid::regclass::text AS name FROM pg_trigger
       WHERE NOT tgisinternal AND tgrelid::regclass::text ~ '^(store|ledger)[.]' ORDER BY 1`,
    );
    const triggers = (state: string) =>
      client.query(tables.map(({ name }) => `ALTER TABLE ${String(name)} ${state} TRIGGER ALL`).join(';'));
    await client.query('BEGIN');
    await triggers('DISABLE');
    await act({
      sql,
      find: (type, nth = 1) => found(sql, 'e.type = $1', [`liandong.${type}.v1`], nth),
      successor: ({ stream, seq }) => found(sql, 'e.stream = $1 AND n.seq >= $2', [stream, seq]),
    });
    await triggers('ENABLE');
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
};

const found = async (
  sql: Hands['sql'],
  which: string,
  values: readonly unknown[],
  nth = 1,
): Promise<Found> => {
  const [row] = await sql(
    `SELECT n.seq, n.position, e.stream FROM ledger.entry n JOIN store.event e USING (position)
     WHERE ${which} ORDER BY n.seq OFFSET ${nth - 1} LIMIT 1`,
    values,
  );
  if (row === undefined)
    throw new Error(`the tier has sealed no event with ${which} of ${values.join(', ')}`);
  return { seq: Number(row['seq']), position: Number(row['position']), stream: String(row['stream']) };
};

/** Rewrites an event with its hash and its seal, which a key of the insider's own has to sign. */
export const forge = async (
  { sql }: Hands,
  { position }: Found,
  change: (envelope: Envelope) => Envelope,
): Promise<void> => {
  const [row] = await sql(
    `SELECT e.bytes, s.service FROM store.event e JOIN store.seal s ON s.no = e.seal WHERE e.position = $1`,
    [position],
  );
  const envelope = change(decodeEvent(row?.['bytes'] as Buffer));
  const bytes = eventBytes(envelope);
  const hash = eventHash(sha256, bytes);
  const seal = sealer(row?.['service'] as ServiceName, envelope.source as Source, newPrivateKey())([hash]);
  await sql(`UPDATE store.event SET bytes = $2, hash = $3 WHERE position = $1`, [
    position,
    Buffer.from(bytes),
    Buffer.from(hash, 'hex'),
  ]);
  await sql(
    `UPDATE store.seal SET leaves = $2, signature = $3
     WHERE no = (SELECT seal FROM store.event WHERE position = $1)`,
    [position, Buffer.from(hash, 'hex'), Buffer.from(seal.signature)],
  );
};

/**
 * Deletes an event with all that names it, closes the gap wherever the store and the ledger have
 * numbered it, and lays the ledger back to the last head that the rest is long enough for.
 */
export const takeOut = async (hands: Hands, { seq, position, stream }: Found): Promise<void> => {
  const { sql } = hands;
  await sql(
    `WITH gone AS (DELETE FROM store.event WHERE position = $1 RETURNING seal)
     DELETE FROM store.seal WHERE no = (SELECT seal FROM gone)`,
    [position],
  );
  await sql('DELETE FROM store.key WHERE position = $1', [position]);
  const later = await sql('SELECT position FROM store.event WHERE position > $1', [position]);
  await renumber(hands, new Map(later.map((row) => [Number(row['position']), Number(row['position']) - 1])));
  await reviseStream(hands, stream);

  const [{ size } = {}] = await sql(
    'SELECT max(size) AS size FROM ledger.anchor WHERE size < (SELECT count(*) FROM ledger.entry)',
  );
  await sql('DELETE FROM ledger.entry WHERE seq = $1', [seq]);
  await shift(sql, 'ledger.entry', 'seq', `seq > ${seq}`);
  await shift(sql, 'ledger.entry', 'position', `position > ${position}`);
  await sql('DELETE FROM ledger.entry WHERE seq >= $1', [size]);
  for (const table of ['head', 'anchor']) await sql(`DELETE FROM ledger.${table} WHERE size > $1`, [size]);
  await sql('UPDATE ledger.place SET size = $1, position = (SELECT max(position) FROM ledger.entry)', [size]);
  await remakeTiles(hands);
  await remakeRoots(hands);
};

/** Lets two events of a stream change places, each with its own genuine seal. */
export const changePlaces = async (hands: Hands, one: Found, other: Found): Promise<void> => {
  await renumber(
    hands,
    new Map([
      [one.position, other.position],
      [other.position, one.position],
    ]),
  );
  await reviseStream(hands, one.stream);
  await remakeTiles(hands);
  await remakeRoots(hands);
};

/** Further than any position of these small stores; still in their first partition. */
const aside = 1_000_000;

const shift = async (sql: Hands['sql'], table: string, column: string, rows: string): Promise<void> => {
  await sql(`UPDATE ${table} SET ${column} = ${column} - 1 + ${aside} WHERE ${rows}`);
  await sql(`UPDATE ${table} SET ${column} = ${column} - ${aside} WHERE ${column} >= ${aside}`);
};

/** Numbers events anew, wherever the store has numbered them: rows, keys, seals and checkpoints. */
const renumber = async ({ sql }: Hands, places: ReadonlyMap<number, number>): Promise<void> => {
  const columns = ['event.position', 'event.seal', 'key.position', 'seal.no', 'checkpoint.position'];
  for (const column of columns) {
    const [table, name] = column.split('.');
    // Aside first, so that no place is ever taken twice.
    await sql(
      `UPDATE store.${table} t SET ${name} = p.new + ${aside}
       FROM unnest($1::bigint[], $2::bigint[]) AS p(old, new) WHERE t.${name} = p.old`,
      [[...places.keys()], [...places.values()]],
    );
    await sql(`UPDATE store.${table} SET ${name} = ${name} - ${aside} WHERE ${name} > ${aside}`);
  }
};

/** The streams' own numbers follow the positions again. */
const reviseStream = async ({ sql }: Hands, stream: string): Promise<void> => {
  for (const table of ['key', 'event']) {
    await sql(
      `UPDATE store.${table} t SET revision = n.revision + ${aside}
       FROM (SELECT position, row_number() OVER (ORDER BY position) AS revision
             FROM store.event WHERE stream = $1) AS n
       WHERE t.position = n.position`,
      [stream],
    );
    await sql(`UPDATE store.${table} SET revision = revision - ${aside} WHERE revision > ${aside}`);
  }
};

/** Makes entries and tiles anew out of what the store says now. */
export const remakeTiles = async ({ sql }: Hands): Promise<void> => {
  // Aside first: no two entries may have one hash meanwhile.
  await sql('UPDATE ledger.entry SET hash = sha256(hash)');
  await sql('UPDATE ledger.entry n SET hash = e.hash FROM store.event e WHERE e.position = n.position');
  for (const { tile, bytes } of growEdge(sha256, emptyEdge, await leavesOf(sql)).tiles)
    await sql('UPDATE ledger.tile SET bytes = $3 WHERE level = $1 AND index = $2', [
      ...[tile.level, tile.index],
      Buffer.from(bytes),
    ]);
};

/** Makes the root of every head anew. What is signed under it can only stay as it is. */
const remakeRoots = async ({ sql }: Hands): Promise<void> => {
  const leaves = await leavesOf(sql);
  for (const table of ['head', 'anchor'])
    for (const { size } of await sql(`SELECT DISTINCT size FROM ledger.${table}`)) {
      const { edge } = growEdge(sha256, emptyEdge, leaves.slice(0, Number(size)));
      const root = Buffer.from(rootOfEdge(sha256, edge));
      await sql(`UPDATE ledger.${table} SET root = $2 WHERE size = $1`, [size, root]);
    }
};

const leavesOf = async (sql: Hands['sql']): Promise<readonly Hash[]> =>
  (await sql('SELECT hash FROM ledger.entry ORDER BY seq')).map(({ hash }) => new Uint8Array(hash as Buffer));
