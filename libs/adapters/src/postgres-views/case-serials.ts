import type { DataSource } from 'typeorm';

/** Gives the next serial of an implementation code on a day, from 1. Every caller gets another one. */
export type NextSerial = (implementation: string, day: string) => Promise<number>;

/**
 * Serials outlive the rows of the views. Where they were lost with the database they
 * go on after the highest number among the cases that the store brought back.
 */
export const postgresCaseSerials =
  (source: DataSource): NextSerial =>
  async (implementation, day) => {
    const prefix = `${implementation}${day.replaceAll('-', '')}`;
    const [row] = await source.query<readonly { last: number }[]>(
      `INSERT INTO case_serials AS known (prefix, last)
       SELECT $1, 1 + coalesce(max(substr(number, length($1) + 1)::integer), 0)
       FROM cases WHERE number >= $1 AND number < $1 || ':' AND number ~ ('^' || $1 || '[0-9]{4}$')
       ON CONFLICT (prefix) DO UPDATE SET last = known.last + 1
       RETURNING last`,
      [prefix],
    );
    if (row === undefined) throw new Error(`no serial for ${prefix}`);
    return row.last;
  };
