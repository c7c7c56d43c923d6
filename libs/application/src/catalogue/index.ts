export * from './catalogue-book.ts';
export * from './coverage.ts';
export * from './guide-file.ts';
export * from './guide-page.ts';
export * from './keep-uniformity.ts';
export * from './reports.ts';
export * from './uniformity.ts';
