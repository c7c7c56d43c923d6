export * from './calendar-desk.ts';
export * from './published-calendars.ts';
