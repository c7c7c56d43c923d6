export * from './case-row.ts';
export * from './directory-row.ts';
export * from './disclosed.ts';
export * from './item-row.ts';
export * from './page.ts';
export * from './project.ts';
export type { RowsDeps } from './stream-rows.ts';
export * from './views.ts';
export * from './work-row.ts';
