export * from './divisions.ts';
export * from './working-years.ts';
