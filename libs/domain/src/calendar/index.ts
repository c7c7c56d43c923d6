export * from './facts.ts';
export * from './legal-day.ts';
export * from './local-date.ts';
export * from './office-hours.ts';
export * from './published-years.ts';
export * from './working-days.ts';
export * from './working-time.ts';
