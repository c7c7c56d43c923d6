export * from './arrivals.ts';
export * from './delivery-book.ts';
export * from './lease.ts';
export * from './link-book.ts';
export * from './migrate.ts';
