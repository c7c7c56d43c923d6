export * from './migrate.ts';
export * from './table-lease.ts';
export * from './transaction.ts';
export * from './unless-unmade.ts';
