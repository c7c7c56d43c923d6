export * from './calendar-desk.ts';
export * from './published-calendars.ts';
export * from './working-days-book.ts';
