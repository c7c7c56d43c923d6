export * from './audit-desk.ts';
export * from './dossier-parts.ts';
export * from './dossier.ts';
export { type Exported, exportLedger, type Exporting } from './export-ledger.ts';
export * from './faults.ts';
export { type Guide, type ItemFactOf } from './guide.ts';
export {
  type ProofFault,
  type Proven,
  type ProvenEvent,
  provenInDossier,
  provenInExports,
  type VerifiedFolder,
} from './proven-events.ts';
export { type KeysFile, type WriteFile } from './folder.ts';
export { type BundleFindings, inspectFiles, type Inspecting } from './inspect-bundle.ts';
export {
  type KnownExport,
  type StreamFindings,
  streamInspector,
  type StreamOrder,
} from './inspect-stream.ts';
export { type Inspectors } from './inspectors.ts';
export {
  type ExportRefusal,
  type Extent,
  type LedgerFolder,
  type LedgerFolderDeps,
  openLedgerFolder,
} from './ledger-folder.ts';
export { type LiveOverview, type ReplayedOverview } from './replay-overview.ts';
export * from './replay-tier.ts';
export * from './replay.ts';
export * from './verify-exports.ts';
export { clockToleranceMs, type ExportFolder, type Verifying } from './verify-ledger.ts';
