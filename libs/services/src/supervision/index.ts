export type { Assessments } from './assessments.controller.ts';
export { supervisionDocument, supervisionOperations } from './operations.ts';
export * from './supervision.module.ts';
export type { SupervisionTerms } from './terms.controller.ts';
