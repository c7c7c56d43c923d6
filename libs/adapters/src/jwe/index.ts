export * from './keys.ts';
export * from './letter-cipher.ts';
