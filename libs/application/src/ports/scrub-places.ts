import type { Position } from './event-store.ts';

/** How far a scrub of the ledger has come: it begins anew where it was broken off. */
export type ScrubPlace = {
  /** The next leaf. */
  readonly seq: number;
  /** Up to which the store has been read. */
  readonly position: Position;
  /** The roots of the complete subtrees over the leaves before `seq`, as hex. */
  readonly roots: readonly string[];
};

export interface ScrubPlaces {
  load(): Promise<ScrubPlace | undefined>;
  /** `undefined` begins a new round. */
  save(place: ScrubPlace | undefined): Promise<void>;
}
