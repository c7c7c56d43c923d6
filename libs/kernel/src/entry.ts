import type { EventHash, TierCode } from './names.ts';
import type { Mandate, Term } from './term.ts';

/** What the register order needs to know of an event of a case. Times and contents play no part. */
export type Entry = {
  readonly hash: EventHash;
  readonly tier: TierCode;
  readonly epoch: number;
  readonly sequence: number;
  readonly parents: readonly EventHash[];
  readonly height: number;
  readonly term: Term;
  /** Set if the event's type belongs to the spine. */
  readonly spine?: Spine;
};

/** What a spine event says about leadership. `mandate` is the authority it was written under. */
export type Spine =
  | { readonly kind: 'opened'; readonly lead: Mandate; readonly superiors: Superiors }
  | { readonly kind: 'act'; readonly mandate: Mandate }
  | { readonly kind: 'transferred'; readonly mandate: Mandate; readonly to: Mandate }
  | { readonly kind: 'takenOver'; readonly mandate: Mandate };

/** For every tier of the case, its superiors, nearest first. Fixed at the opening. */
export type Superiors = Readonly<Record<TierCode, readonly TierCode[]>>;

/** An event at its place in the order. */
export type Placed = {
  readonly entry: Entry;
  /** The lead in the event's own causal past: whom its author could know as lead. */
  readonly leadThen: Mandate | undefined;
  /** A spine event that lost its mandate or never had it: kept, but it orders nothing and has no effect. */
  readonly superseded: boolean;
};

/**
 * The one order that needs no clock: (height, tier, epoch). It is total among
 * deliverable events, because those of one author form a chain, and it extends causality.
 */
export const compareKeys = (a: Entry, b: Entry): number =>
  a.height - b.height || compareTexts(a.tier, b.tier) || a.epoch - b.epoch;

export const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
