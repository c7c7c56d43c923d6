export * from './table-lease.ts';
export * from './transaction.ts';
