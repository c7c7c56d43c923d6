export * from './card-desk.ts';
export * from './card-file.ts';
export * from './matter.ts';
export * from './replay-cards.ts';
export * from './rules-desk.ts';
export * from './seen-case.ts';
export * from './supervisor.ts';
export * from './terms-book.ts';
