export const AUDIT_DESK = Symbol('AuditDesk');
