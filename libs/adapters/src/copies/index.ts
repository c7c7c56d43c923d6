export * from './folders.ts';
export * from './tables.ts';
