import {
  authorOf,
  decodeEvent,
  type Envelope,
  type EventHash,
  eventHash,
  fromHex,
  ok,
  refuse,
  type Result,
  type Sha256,
  type StreamName,
  verifyEnvelope,
} from '@liandong/kernel';
import {
  formatTlogProof,
  nodesInTiles,
  parsePolicy,
  parseNote,
  type Policy,
  proveInclusion,
  type Suite,
  tilePath,
  verifyTlogProof,
} from '@liandong/ledger';
import { originOf } from '../ledger/open-epoch.ts';
import { entryReader, indexLines } from './exported-streams.ts';
import type { ExportFolder } from './verify-ledger.ts';

/** An event of the case, and where it is proven to stand. */
export type ProvenEvent = {
  readonly hash: EventHash;
  readonly envelope: Envelope;
  readonly origin: string;
  readonly seq: number;
};

/** With what proves it, for whoever does not believe us. */
export type Proven = ProvenEvent & {
  readonly bytes: Uint8Array;
  /** A tlog-proof. */
  readonly proof: Uint8Array;
  /** Of the event's ledger. */
  readonly policy: Uint8Array | undefined;
};

/** An export that was verified. */
export type VerifiedFolder = ExportFolder & { readonly origin: string; readonly size: number };

/** Its author's own events of some streams, out of verified exports. */
export const provenInExports = async (
  sha256: Sha256,
  exports: readonly VerifiedFolder[],
  isWanted: (stream: StreamName) => boolean,
): Promise<readonly Proven[]> => {
  const proven: Proven[] = [];
  for (const { name, readFile, origin, size } of exports) {
    const entry = entryReader(readFile, size);
    const note = (await readFile('checkpoint')) ?? new Uint8Array();
    const policy = await readFile('policy');
    const nodes = nodesInTiles(sha256, (tile) => readFile(tilePath(tile)), size);
    for await (const line of indexLines(name, readFile, () => undefined)) {
      if (!isWanted(line.stream)) continue;
      for (const seq of line.own) {
        const bytes = await entry(seq);
        const hashes = await proveInclusion(sha256, nodes, seq, size);
        if (bytes === undefined || hashes === undefined || !parseNote(note).ok) continue;
        const proof = formatTlogProof({ index: seq, hashes, note });
        const place = { hash: eventHash(sha256, bytes), envelope: decodeEvent(bytes), origin, seq };
        proven.push({ ...place, bytes, proof, policy });
      }
    }
  }
  return proven;
};

export const eventPath = (hash: EventHash): string => `events/${hash}.json`;
export const proofPath = (hash: EventHash): string => `proofs/${hash}.tlog-proof`;
export const policyPath = (origin: string): string => `policies/${origin.replaceAll('/', '-')}`;

export type ProofFault = { readonly code: 'proof-refused'; readonly path: string };

/**
 * The events of a dossier that somebody else made. Nothing of it is believed: each event
 * is proven by its own proof under the policy of its author's ledger, or the whole is refused.
 */
export const provenInDossier = (
  suite: Suite,
  files: ReadonlyMap<string, Uint8Array>,
  /** What the auditor trusts; without it the policies that came along are taken. */
  trusted?: Policy,
): Result<readonly Proven[], ProofFault> => {
  const proven: Proven[] = [];
  for (const [path, bytes] of files) {
    if (!path.startsWith('events/')) continue;
    const found = provenIn(suite, files, bytes, trusted);
    if (found === undefined || eventPath(found.hash) !== path) return refuse({ code: 'proof-refused', path });
    proven.push(found);
  }
  return ok(proven);
};

const provenIn = (
  suite: Suite,
  files: ReadonlyMap<string, Uint8Array>,
  bytes: Uint8Array,
  trusted: Policy | undefined,
): Proven | undefined => {
  const envelope = verifyEnvelope(suite.sha256, bytes);
  const author = envelope.ok ? authorOf(envelope.value.source) : undefined;
  if (!envelope.ok || author === undefined) return undefined;
  const [hash, origin] = [eventHash(suite.sha256, bytes), originOf(author)];
  const [proof, policy] = [files.get(proofPath(hash)), files.get(policyPath(origin))];
  const parsed = policy && parsePolicy(suite.sha256, policy);
  const under = trusted ?? (parsed?.ok ? parsed.value : undefined);
  if (proof === undefined || under === undefined) return undefined;
  const verified = verifyTlogProof(suite, proof, fromHex(hash), under);
  if (!verified.ok || verified.value.head.checkpoint.origin !== origin) return undefined;
  return { hash, envelope: envelope.value, origin, seq: verified.value.index, bytes, proof, policy };
};
