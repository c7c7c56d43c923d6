export * from './case-serials.ts';
export * from './data-source.ts';
export { postgresParking } from './parking.ts';
export * from './view-writer.ts';
export * from './views.ts';
