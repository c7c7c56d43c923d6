export { checkAgainst, type Reading, violation } from './check.ts';
export * from './registry.ts';
