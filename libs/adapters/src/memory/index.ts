export * from './checkpoints.ts';
export * from './disclosures.ts';
export * from './event-store.ts';
export * from './ledger-book.ts';
export * from './link-book.ts';
export * from './parking.ts';
export * from './views.ts';
export * from './witness-store.ts';
