export * from './case-serials.ts';
export * from './data-source.ts';
export * from './view-writer.ts';
export * from './views.ts';
