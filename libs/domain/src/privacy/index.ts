export * from './entitlement.ts';
export * from './erasure.ts';
export * from './erasure-facts.ts';
