export * from './supervised-facts.ts';
