import { migrateSchema } from '../pg/migrate.ts';
import { linkMigrations } from './schema.ts';

/** Brings the exchange's schema up to date. Runs as the exchange's own role. */
export const migrateLinks = (url: string): Promise<void> => migrateSchema(url, 'exchange', linkMigrations);
