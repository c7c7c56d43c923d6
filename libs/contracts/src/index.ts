export * from './commands/index.ts';
export * from './ledger-policy.ts';
export * from './link-records.ts';
export * from './problems/index.ts';
export * from './proto-files.ts';
export * from './schemas/index.ts';
export * from './tier-config.ts';
export * from './witness-config.ts';
