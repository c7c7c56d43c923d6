import type { Copy, CopyKind, Piece } from '@liandong/application';
import pg from 'pg';

/** What lies in which schema of a tier's database. */
const kinds: Readonly<Record<string, CopyKind>> = {
  store: 'store',
  ledger: 'ledger',
  approval: 'view',
  supervision: 'view',
  exchange: 'link',
};

type Table = { readonly schema: string; readonly name: string; readonly key: readonly string[] };

const rowsAtOnce = 200;

/**
 * Every table of the database, row by row, as the roles of its services read them; a table
 * that none of them may read is one that nobody has searched.
 */
export const tableCopies = async (pools: readonly pg.Pool[]): Promise<readonly Copy[]> => {
  const found = new Map<string, { readonly table: Table; readonly reader: pg.Pool | undefined }>();
  for (const pool of pools)
    for (const { readable, ...table } of await tablesOf(pool)) {
      const name = `${table.schema}.${table.name}`;
      const known = found.get(name)?.reader;
      found.set(name, { table, reader: known ?? (readable ? pool : undefined) });
    }
  return [...found].map(([name, { table, reader }]) => ({
    kind: kinds[table.schema] ?? 'table',
    name,
    pieces: () => (reader === undefined ? unread(name) : rowsOf(reader, table)),
  }));
};

async function* unread(place: string): AsyncGenerator<Piece> {
  yield { place, unreadable: 'no service of the tier may read this table' };
}

const tablesOf = async (pool: pg.Pool): Promise<readonly (Table & { readonly readable: boolean })[]> =>
  (
    await pool.query<Table & { readonly readable: boolean }>(`
      SELECT n.nspname AS schema, c.relname AS name,
        has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AS readable,
        ARRAY(
          SELECT a.attname::text FROM pg_index i JOIN pg_attribute a
            ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
          WHERE i.indrelid = c.oid AND i.indisprimary ORDER BY a.attnum
        ) AS key
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p', 'm', 'f') AND NOT c.relispartition
        AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_t%'
      ORDER BY n.nspname, c.relname`)
  ).rows;

/** The type of bytes, as the server numbers it. */
const bytea = 17;

/** Columns as text, bytes as what they say. */
const asText: pg.CustomTypesConfig = {
  getTypeParser: (oid: number) => (text: string) =>
    oid === bytea ? Buffer.from(text.slice(2), 'hex').toString('utf8') : text,
};

async function* rowsOf(pool: pg.Pool, { schema, name, key }: Table): AsyncGenerator<Piece> {
  const client = await pool.connect();
  const table = `${schema}.${name}`;
  let count = 0;
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await client.query("SET LOCAL bytea_output = 'hex'");
    await client.query(
      `DECLARE piece NO SCROLL CURSOR FOR SELECT * FROM ${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)}`,
    );
    for (;;) {
      const { rows } = await client.query<Record<string, string | null>>({
        text: `FETCH ${rowsAtOnce} FROM piece`,
        types: asText,
      });
      if (rows.length === 0) return;
      for (const row of rows) {
        count++;
        const place = key.map((column) => `${column}=${row[column] ?? ''}`).join(' ');
        yield {
          place: `${table} ${place === '' ? `row ${count}` : place}`,
          text: Object.values(row)
            .filter((cell) => cell !== null)
            .join('\n'),
        };
      }
    }
  } finally {
    await client.query('ROLLBACK').catch(() => undefined);
    client.release();
  }
}
