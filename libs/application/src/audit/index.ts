export * from './dossier.ts';
export { type Exported, exportLedger, type Exporting, type ExportRefusal } from './export-ledger.ts';
export * from './faults.ts';
export { type WriteFile } from './folder.ts';
export * from './verify-exports.ts';
export { type ExportFolder, type Verifying } from './verify-ledger.ts';
export * from './replay.ts';
