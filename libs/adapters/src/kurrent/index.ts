export { kurrentDisclosures } from './clear-text.ts';
export * from './connection.ts';
export * from './event-store.ts';
