import {
  type Envelope,
  eventHash,
  type EventHash,
  type Result,
  sealedBytes,
  type Source,
  verifyEnvelope,
} from '@liandong/kernel';
import { decodeBundle, fromBase64, type ReadFile, type Suite, tilePath, tileWidth } from '@liandong/ledger';
import type { SchemaRefusal } from '../authoring.ts';
import type { LedgerFact, NamedKey } from '../ledger/facts.ts';
import type { LedgerFault } from './faults.ts';
import { isEarlier } from './earlier-epochs.ts';
import { decodeSeals, type KeysFile, type SealsFile, sealsPath } from './folder.ts';

export type Inspecting = {
  readonly suite: Suite;
  readonly checkSchema: (type: string, data: unknown) => Result<unknown, SchemaRefusal>;
  readonly ledgerFactOf: (envelope: Envelope) => LedgerFact | undefined;
};

/** What one event shows of itself. Without `read`, it is no event. */
export type EventFinding = {
  readonly hash: EventHash;
  readonly faults: readonly LedgerFault[];
  readonly read?: {
    readonly type: string;
    readonly time: string;
    readonly recordedtime: string;
    /** Whose event it is, where not of this ledger's own epoch. */
    readonly of?: Source;
    readonly fact?: LedgerFact;
  };
};

/** What a bundle shows by itself, whatever stands before it: plain data, so that it can be found by another thread. */
export type BundleFindings = {
  readonly events: readonly EventFinding[];
  /** Of each seal beside it the public keys, among those of the ledger's beginning, by which it is genuine. */
  readonly genuine: readonly (readonly string[])[];
};

/**
 * Inspects a bundle: every event in its one form, by its schema, of its ledger, and the
 * signatures of the seals. Nearly all the work of a verification is here.
 */
export const inspectBundle = (
  { suite, checkSchema, ledgerFactOf }: Inspecting,
  { source, keys }: KeysFile,
  first: number,
  entries: readonly Uint8Array[],
  beside: SealsFile | undefined,
): BundleFindings => {
  const events = entries.map((bytes, n): EventFinding => {
    const seq = first + n;
    const hash = eventHash(suite.sha256, bytes);
    const verified = verifyEnvelope(suite.sha256, bytes);
    if (!verified.ok) return { hash, faults: [{ code: 'event-refused', seq, refusal: verified.refusal }] };
    const envelope = verified.value;
    const { type, time, recordedtime } = envelope;
    const faults: LedgerFault[] = [];
    if (envelope.source !== source && !isEarlier(envelope.source, source))
      faults.push({ code: 'event-of-another-ledger', seq, source: envelope.source });
    const schema = checkSchema(type, envelope.data);
    if (!schema.ok) {
      const { field, rule } = schema.refusal;
      faults.push({ code: 'schema-violation', seq, type, field, rule });
    }
    const fact = ledgerFactOf(envelope);
    const of = envelope.source === source ? undefined : envelope.source;
    return { hash, faults, read: { type, time, recordedtime, ...(of && { of }), ...(fact && { fact }) } };
  });
  const sources = [source, ...new Set(events.flatMap(({ read }) => read?.of ?? []))];
  const genuine = (beside?.seals ?? []).map((seal) =>
    keys
      .filter((key) => key.keyId === seal.keyId && sources.some((of) => isSealedBy(suite, of, key, seal)))
      .map(publicKeyOf),
  );
  return { events, genuine };
};

const publicKeyOf = ({ publicKey }: NamedKey): string => publicKey;

export const isSealedBy = (
  { sha256, verifyEd25519 }: Suite,
  source: Source,
  { publicKey }: NamedKey,
  { leaves, signature }: SealsFile['seals'][number],
): boolean => {
  const raw = fromBase64(publicKey);
  return raw !== undefined && verifyEd25519(raw, sealedBytes(sha256, source, leaves), signature);
};

/** The same from the files of an export. Empty if they cannot be read: who asked has read them too, and tells. */
export const inspectFiles = async (
  deps: Inspecting,
  readFile: ReadFile,
  keys: KeysFile,
  first: number,
  width: number,
): Promise<BundleFindings> => {
  const index = first / tileWidth;
  const bytes = await readFile(tilePath({ level: 'entries', index, width }));
  const bundle = bytes && decodeBundle(bytes, width);
  const beside = await readFile(sealsPath(index, width));
  return inspectBundle(
    deps,
    keys,
    first,
    bundle?.ok ? bundle.value : [],
    beside && decodeSeals(beside, width),
  );
};
