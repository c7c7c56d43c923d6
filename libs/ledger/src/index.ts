export { fromBase64, toBase64 } from './base64.ts';
export * from './bundle.ts';
export * from './checkpoint.ts';
export * from './compact-range.ts';
export { consistencySpans, proveConsistency, verifyConsistency } from './consistency.ts';
export { cosign, cosignedText } from './cosignature.ts';
export * from './hash.ts';
export {
  inclusionSpans,
  inclusionVerifier,
  type InclusionVerifier,
  type ProofRefusal,
  proveInclusion,
  verifyInclusion,
} from './inclusion.ts';
export { type Node, type ReadNodes, readSpans, type Span } from './node.ts';
export * from './note.ts';
export * from './note-signature.ts';
export * from './parse-policy.ts';
export * from './policy.ts';
export * from './signed-head.ts';
export * from './split-view.ts';
export { type Form, isKeyName, type Malformed, type Rule } from './text.ts';
export * from './tile.ts';
export * from './tile-edge.ts';
export * from './tile-reader.ts';
export * from './tlog-proof.ts';
export * from './verify-folder.ts';
export * from './vkey.ts';
export * from './witness.ts';
export * from './witness-wire.ts';
