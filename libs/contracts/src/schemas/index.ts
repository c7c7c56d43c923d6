export { checkAgainst, type Reading, type SchemaRefusal, violation } from './check.ts';
export * from './registry.ts';
