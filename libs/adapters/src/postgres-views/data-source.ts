import { DataSource, QueryFailedError } from 'typeorm';
import { entities } from './entities.ts';
import { migrations } from './migrations.ts';

export type ViewsConnection = {
  /** Of the service that owns the views. They lie in that role's current schema. */
  readonly url: string;
  /** Where the views lie for a role that only reads them. */
  readonly schema?: string;
  readonly maxConnections?: number;
  /** Told of a connection that broke while idle; the pool replaces it. */
  readonly broken?: (error: Error) => void;
};

export const viewsDataSource = ({ url, schema, maxConnections = 4, broken }: ViewsConnection): DataSource =>
  new DataSource({
    type: 'postgres',
    url,
    entities,
    migrations,
    migrationsTableName: 'views_migrations',
    migrationsTransactionMode: 'all',
    synchronize: false,
    installExtensions: false,
    applicationName: 'liandong-views',
    logging: false,
    poolErrorHandler: (error: Error) => broken?.(error),
    extra: { max: maxConnections, ...(schema !== undefined && { options: `-c search_path=${schema}` }) },
  });

/** Duplicate table, duplicate object, and a duplicate key of the catalogue. */
const madeByAnother = ['42P07', '42710', '23505'];
const tries = 10;

/**
 * Brings the tables up to date. Of processes that start at once, one makes each table and
 * the others fail as a whole on finding it there; they ask again what is left to do.
 */
export const migrateViews = async (source: DataSource): Promise<void> => {
  for (let attempt = 1; ; attempt++) {
    try {
      await source.runMigrations();
      return;
    } catch (error) {
      if (attempt === tries || !madeByAnother.includes(codeOf(error))) throw error;
    }
  }
};

const codeOf = (error: unknown): string =>
  error instanceof QueryFailedError ? String((error.driverError as { readonly code?: unknown }).code) : '';
