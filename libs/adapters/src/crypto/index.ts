export * from './hash.ts';
export * from './keys.ts';
