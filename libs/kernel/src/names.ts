import type { Brand } from './brand.ts';

/** Division code of a tier: `431000` city, `431021` county, `431021106` township. */
export type TierCode = Brand<string, 'TierCode'>;

/** 64 hex digits: SHA-256(0x00 ‖ bytes), the event's leaf hash in its author's ledger (RFC 6962 §2.1). */
export type EventHash = Brand<string, 'EventHash'>;

/** The stream an event belongs to; the CloudEvents `subject`. One `-`, after the kind. */
export type StreamName = Brand<string, 'StreamName'>;

/** `https://{network}/tiers/{tier}/{epoch}`: the ledger of the author. */
export type Source = Brand<string, 'Source'>;
