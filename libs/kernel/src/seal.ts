import type { Sha256 } from './bytes.ts';
import { concat, fromHex, toHex, utf8 } from './bytes.ts';
import type { EventHash, Source } from './names.ts';

/** The services of a tier that write events, each under its own key. */
export const serviceNames = ['approval', 'supervision', 'exchange', 'audit'] as const;
export type ServiceName = (typeof serviceNames)[number];

/**
 * One signature for one commit batch of one service: who wrote these events. An
 * event whose seal does not verify, or whose service may not write its type, never
 * leaves the tier, so a row inserted behind the service's back proves nothing.
 */
export type CommitSeal = {
  readonly service: ServiceName;
  /** First 8 hex digits of SHA-256 of the public key: which key of the service. */
  readonly keyId: string;
  /** The hashes of the batch's own events, in the order they were written. */
  readonly leaves: readonly EventHash[];
  readonly signature: Uint8Array;
};

/** What a service signs for a batch. Names the ledger, so a seal cannot be moved to another author. */
export const sealedBytes = (sha256: Sha256, source: Source, leaves: readonly EventHash[]): Uint8Array =>
  utf8(`liandong/commit/v1\n${source}\n${leaves.length}\n${toHex(sha256(concat(...leaves.map(fromHex))))}\n`);

/** Which contexts each service may write. The keeper and every receiver refuse anything else. */
const contexts: Readonly<Record<ServiceName, readonly string[]>> = {
  approval: ['case', 'item', 'department', 'tier', 'privacy'],
  supervision: ['card', 'calendar', 'assessment'],
  exchange: ['link', 'ledger'],
  audit: ['audit'],
};

export const contextsOf = (service: ServiceName): readonly string[] => contexts[service];

export const maySeal = (service: ServiceName, type: string): boolean =>
  contexts[service].includes(type.split('.')[1] ?? '');
