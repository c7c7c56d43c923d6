export * from './server/start-postgres.ts';
export * from './server/tier-database.ts';
export * from './store/checkpoints.ts';
export { postgresDisclosures } from './store/disclosures.ts';
export * from './store/event-store.ts';
export * from './store/migrate.ts';
export * from './store/pool.ts';
export { storeMigrations } from './store/schema.ts';
