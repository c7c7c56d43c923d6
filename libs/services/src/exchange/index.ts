export * from './active-exchange.ts';
export * from './exchange.module.ts';
