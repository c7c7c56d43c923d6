export { mayEntitle, partsIn } from './case-parts.ts';
export * from './delivery.ts';
export * from './coverage.ts';
export * from './erase-fields.ts';
export * from './letter.ts';
export * from './owed.ts';
export * from './publish.ts';
export * from './remnants.ts';
export * from './take-letter.ts';
