export * from './legal-day.ts';
export * from './local-date.ts';
export * from './working-days.ts';
