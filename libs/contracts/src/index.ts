export * from './proto-files.ts';
export * from './tier-config.ts';
