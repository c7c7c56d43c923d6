export * from './supervision-book.ts';
