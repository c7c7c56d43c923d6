export * from './code-lists.ts';
export * from './commands.ts';
export * from './facts.ts';
export * from './item.ts';
export * from './refusals.ts';
