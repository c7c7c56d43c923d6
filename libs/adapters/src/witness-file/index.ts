export * from './split-views.ts';
export * from './witness-store.ts';
