export * from './ledger-book.ts';
export * from './lease.ts';
export * from './migrate.ts';
export * from './scrub-places.ts';
export * from './standings.ts';
