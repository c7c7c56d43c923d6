export * from './audit.module.ts';
export { auditDocument, auditOperations } from './operations.ts';
