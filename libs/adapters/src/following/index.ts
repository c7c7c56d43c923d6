export * from './follow.ts';
export * from './kinds-page.ts';
