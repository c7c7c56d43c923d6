export * from './ports/checkpoints.ts';
export * from './ports/clock.ts';
export * from './ports/event-store.ts';
export * from './ports/signer.ts';
