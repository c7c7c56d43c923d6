export * from './authenticate.ts';
export * from './caller.guard.ts';
export * from './caller.ts';
export * from './development-issuer.module.ts';
export * from './development-issuer.ts';
export * from './identity.module.ts';
export * from './policy.ts';
