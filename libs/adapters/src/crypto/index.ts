export * from './ed25519.ts';
export * from './hash.ts';
export * from './keys.ts';
export * from './sign.ts';
export * from './tier-secret.ts';
