import { migrateSchema } from '../pg/migrate.ts';
import { ledgerMigrations } from './schema.ts';

/** Brings the schema of the ledger up to date. Runs as the exchange's own role. */
export const migrateLedger = (url: string): Promise<void> => migrateSchema(url, 'ledger', ledgerMigrations);
