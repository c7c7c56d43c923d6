export * from './counter-reads.ts';
export * from './migrate.ts';
export * from './table-lease.ts';
export * from './transaction.ts';
