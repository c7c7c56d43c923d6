export * from './hash.ts';
export * from './keys.ts';
export * from './sign.ts';
export * from './tier-secret.ts';
