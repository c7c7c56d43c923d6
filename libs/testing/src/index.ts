export * from './checkpoints.contract.ts';
export * from './event-store.contract.ts';
export * from './given.ts';
export * from './events.ts';
export * from './seals.ts';
export * from './with-postgres.ts';
