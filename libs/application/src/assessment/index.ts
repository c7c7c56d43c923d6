export * from './assessment-book.ts';
export * from './assessment-desk.ts';
export * from './deeds.ts';
export * from './staff-of.ts';
