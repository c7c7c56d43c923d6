export type { Assessments } from './assessments.controller.ts';
export type { OverviewDoors } from './overview.controller.ts';
export { supervisionDocument, supervisionOperations } from './operations.ts';
export * from './supervision.module.ts';
export type { SupervisionTerms } from './terms.controller.ts';
