export * from './approval.ts';
export * from './audit.ts';
export * from './clock.ts';
export * from './exchange.ts';
export { homeOf } from './files.ts';
export * from './found-network.ts';
export * from './found-witnesses.ts';
export * from './found-tier.ts';
export * from './tier.ts';
