export { supervisionDocument, supervisionOperations } from './operations.ts';
export * from './supervision.module.ts';
