import pg from 'pg';

/** Of a table that is not there, and of one that this role may not read yet. */
const unmade = new Set(['42P01', '42501']);

/** The rows of another service's table. That service makes it, and lets this one read it, when it first runs; until then there are none. */
export const unlessUnmade = async <Row extends pg.QueryResultRow>(
  pool: pg.Pool,
  text: string,
  values: unknown[],
): Promise<readonly Row[]> => {
  try {
    return (await pool.query<Row>(text, values)).rows;
  } catch (error) {
    if (error instanceof pg.DatabaseError && unmade.has(error.code ?? '')) return [];
    throw error;
  }
};

/** SQL of a migration that lets the counter of the same tier read these, whose role is named after the tier as its own is. */
export const readableByCounter = (schema: string, relations: readonly string[]): string => `
DO $$ DECLARE counter text := regexp_replace(current_user, '_exchange$', '_approval'); BEGIN
  IF counter <> current_user AND EXISTS (SELECT FROM pg_roles WHERE rolname = counter) THEN
    EXECUTE format('GRANT USAGE ON SCHEMA ${schema} TO %I', counter);
    EXECUTE format('GRANT SELECT ON ${relations.join(', ')} TO %I', counter);
  END IF;
END $$;
`;
