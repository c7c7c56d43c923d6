export * from './active-exchange.ts';
export * from './exchange.module.ts';
export { type ServedLedger } from './ledger.controller.ts';
