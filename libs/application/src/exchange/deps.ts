import type { Author, Result, Sha256, TierCode } from '@liandong/kernel';
import type { SealCheck } from '../ports/seal-check.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventStore } from '../ports/event-store.ts';
import type { LinkBook } from '../ports/link-book.ts';
import type { Signature } from '../ports/link-transport.ts';
import type { Wait } from '../ports/wait.ts';
import type { PrivacyParts } from '../privacy/privacy-parts.ts';
import { staleAfterSeconds } from '../witness/quorum-time.ts';
import type { AudienceGiven } from './audience.ts';
import type { LedgerLinks } from './ledger-links.ts';
import type { NetworkTree } from './network-tree.ts';

/** Checks the data of an event against the schema of its type; a type this release does not know passes as `unknown`. */
export type CheckSchema = (
  type: string,
  data: unknown,
) => Result<'known' | 'unknown', { readonly code: string; readonly field: string; readonly rule: string }>;

/** What the exchange of one tier works with. */
export type ExchangeDeps = {
  readonly self: Author;
  readonly tree: NetworkTree;
  /** The epoch in which a tier writes now, as the trust root names it. */
  readonly epochOf: (tier: TierCode) => number;
  /** Those before it, oldest first. */
  readonly formerEpochsOf?: (tier: TierCode) => readonly number[];
  readonly store: EventStore;
  readonly book: LinkBook;
  readonly sealCheck: SealCheck;
  readonly ledger: LedgerLinks;
  /** Absent where personal fields stay with their author; letters of others are passed on all the same. */
  readonly privacy?: PrivacyParts | undefined;
  readonly checkSchema: CheckSchema;
  readonly audienceGiven: AudienceGiven;
  readonly sha256: Sha256;
  readonly clock: Clock;
  readonly wait: Wait;
  /** Signs with this tier's exchange key. */
  readonly sign: (bytes: Uint8Array) => Signature;
  /** Whether a tier's exchange key, as the trust root names it, made the signature. */
  readonly verify: (tier: TierCode, bytes: Uint8Array, signature: Signature) => boolean;
  readonly newNonce: () => Uint8Array;
  /** In [0, 1): spreads the moments at which many tiers dial again. */
  readonly jitter: () => number;
  readonly settings: ExchangeSettings;
};

export type ExchangeSettings = {
  readonly heartbeatMs: number;
  /** How long another tier may keep back what it is known to have, or be silent altogether, before it is an alarm. */
  readonly silenceMs: number;
  /** How long changes gather before a heartbeat reports them. */
  readonly settleMs: number;
  readonly redialMs: { readonly least: number; readonly most: number };
  /** How soon a lane that ended is tried again. Meanwhile the link carries all. */
  readonly laneRetryMs: { readonly least: number; readonly most: number };
  readonly handshakeMs: number;
  /** Unacknowledged blocks per link, and how many of them may belong to feeds that are catching up. */
  readonly window: { readonly all: number; readonly catchUp: number };
  /** Blocks of returning tiers that are imported at once, over all links. */
  readonly catchUpImports: number;
};

export const defaultSettings: ExchangeSettings = {
  heartbeatMs: 30_000,
  silenceMs: 1_000 * staleAfterSeconds,
  settleMs: 50,
  redialMs: { least: 500, most: 30_000 },
  laneRetryMs: { least: 500, most: 5_000 },
  handshakeMs: 10_000,
  window: { all: 8, catchUp: 2 },
  catchUpImports: 1,
};
