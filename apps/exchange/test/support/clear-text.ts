import type { TierConfig } from '@liandong/contracts';
import { readFileSync } from 'node:fs';
import pg from 'pg';

/**
 * Searches every row of every table of a tier's database for a text, as letters and as bytes, and
 * names the tables that hold it. Each service reads what is its own; a table that none of
 * them may read would go unsearched, and is an error.
 */
export const textIn = async ({ databaseUrlFiles }: TierConfig, text: string): Promise<readonly string[]> => {
  const found = new Set<string>();
  const searched = new Set<string>();
  let all: readonly string[] = [];
  for (const file of [databaseUrlFiles.approval, databaseUrlFiles.exchange]) {
    const client = new pg.Client({ connectionString: readFileSync(file ?? '', 'utf8').trim() });
    await client.connect();
    try {
      const { rows } = await client.query<{ name: string; readable: boolean }>(tables);
      all = rows.map(({ name }) => name);
      for (const { name, readable } of rows) {
        if (!readable || searched.has(name)) continue;
        searched.add(name);
        const { rowCount } = await client.query(
          `SELECT FROM ${name} AS t WHERE strpos(t::text, $1) > 0 OR strpos(t::text, $2) > 0 LIMIT 1`,
          [text, Buffer.from(text).toString('hex')],
        );
        if (rowCount !== 0) found.add(name);
      }
    } finally {
      await client.end();
    }
  }
  const missed = all.filter((name) => !searched.has(name));
  if (all.length === 0 || missed.length > 0) throw new Error(`tables nobody searched: ${missed.join()}`);
  return [...found].sort();
};

const tables = `
  SELECT format('%I.%I', n.nspname, c.relname) AS name,
    has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AS readable
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname NOT IN ('pg_catalog', 'information_schema')
    AND n.nspname NOT LIKE 'pg_toast%' AND n.nspname NOT LIKE 'pg_temp%'`;
