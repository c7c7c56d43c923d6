export * from './oversight-book.ts';
export * from './overview-book.ts';
export * from './supervision-book.ts';
