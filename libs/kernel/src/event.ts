import type { Sha256 } from './bytes.ts';
import { fromUtf8, toHex, utf8 } from './bytes.ts';
import { canonicalJson } from './jcs.ts';
import type { EventHash, Source, StreamName, TierCode } from './names.ts';
import type { Term } from './term.ts';

/**
 * An immutable statement by exactly one tier: CloudEvents 1.0 with the official
 * `sequence`, `recordedtime`, `auth*` and correlation extensions and our own
 * `parents`, `height`, `term`, `rulepack`. Attributes stand as they are written.
 */
export type Envelope<Type extends string = string, Data = unknown> = {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: Source;
  readonly type: Type;
  readonly subject: StreamName;
  /** When it happened, RFC 3339 in UTC with milliseconds. */
  readonly time: string;
  /** When it was stored; `recordedtime − time` makes back-dated entry measurable. */
  readonly recordedtime: string;
  readonly datacontenttype: 'application/json';
  readonly dataschema: string;
  /** The author's number within the stream, gapless from 1; 20 digits. */
  readonly sequence: string;
  /** Event hashes of the heads the author held, sorted, at most 64, joined by commas; '' for a first event. */
  readonly parents: string;
  /** 1 + the greatest height among the parents; 20 digits. */
  readonly height: string;
  /** The lead's mandate the author knew: `takeovers.transfers`. */
  readonly term: string;
  readonly authtype: 'user' | 'service_account' | 'system';
  /** A pseudonym of the acting person or system, one per case. */
  readonly authid: string;
  readonly correlationid?: string;
  readonly causationid?: string;
  readonly rulepack?: string;
  readonly data: Data;
};

export const maxEventBytes = 65_535;
export const maxParents = 64;

/** Makes the bytes. Done once, by the author; everyone else keeps them verbatim. */
export const eventBytes = (envelope: Envelope): Uint8Array => utf8(canonicalJson(envelope));

export const eventHash = (sha256: Sha256, bytes: Uint8Array): EventHash =>
  toHex(sha256(Uint8Array.of(0), bytes)) as EventHash;

/** Decodes bytes that were verified when they were stored. Foreign bytes go through `verifyEnvelope` first. */
export const decodeEvent = (bytes: Uint8Array): Envelope => JSON.parse(fromUtf8(bytes)) as Envelope;

/** A number as the envelope writes it, so that text order is number order (CloudEvents Integer is 32-bit). */
export const twentyDigits = (n: number): string => String(n).padStart(20, '0');

export const parentsOf = ({ parents }: Pick<Envelope, 'parents'>): readonly EventHash[] =>
  parents === '' ? [] : (parents.split(',') as EventHash[]);

export const joinParents = (hashes: readonly EventHash[]): string => hashes.toSorted().join(',');

export type Author = { readonly network: string; readonly tier: TierCode; readonly epoch: number };

export const sourceOf = ({ network, tier, epoch }: Author): Source =>
  `https://${network}/tiers/${tier}/${epoch}` as Source;

const sourceShape = /^https:\/\/([a-z0-9.-]+)\/tiers\/(\d{6}|\d{9})\/(0|[1-9]\d{0,8})$/;

/** The author a `source` names, or `undefined` if it is not one of ours in form. */
export const authorOf = (source: string): Author | undefined => {
  const [, network, tier, epoch] = sourceShape.exec(source) ?? [];
  return network === undefined || tier === undefined || epoch === undefined
    ? undefined
    : { network, tier: tier as TierCode, epoch: Number(epoch) };
};

export const termText = ({ takeovers, transfers }: Term): string => `${takeovers}.${transfers}`;

/** The term an envelope states; throws on text that `verifyEnvelope` would refuse. */
export const termOf = ({ term }: Pick<Envelope, 'term'>): Term => {
  const [takeovers, transfers] = term.split('.').map(Number);
  if (takeovers === undefined || transfers === undefined) throw new RangeError(`not a term: ${term}`);
  return { takeovers, transfers };
};
