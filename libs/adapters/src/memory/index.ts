export * from './checkpoints.ts';
export * from './event-store.ts';
