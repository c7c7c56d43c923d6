import type { Disclosure } from '@liandong/kernel';
import type { Recorded } from './event-store.ts';

/** What became of disclosures that were to be held. */
export type Holding = {
  /** Digests that were erased once: their clear text was not taken in, and never will be. */
  readonly tombstoned: readonly string[];
};

/** That a field was erased. Says nothing about what it held. */
export type Tombstone = {
  readonly digest: string;
  /** SHA-256 of the field's salt, hex, if the field was held here: a copy of a random salt gives itself away. */
  readonly salt?: string;
};

/**
 * The clear text of personal fields, which lies beside a tier's events: the one thing of a
 * store that may be deleted. What was erased stays out, however it comes again.
 */
export interface Disclosures {
  /**
   * Takes in clear text that another tier delivered. A digest that is held already is left
   * as it is; one that is tombstoned is not held and named in the answer. When it resolves,
   * what is held survives a crash. The caller has made sure that each disclosure gives its
   * digest and belongs to an event of the store.
   */
  hold(disclosures: readonly Disclosure[]): Promise<Holding>;

  /**
   * Deletes the clear text of these digests and leaves a tombstone for each, all or none, in
   * one commit. `by` is the event that demands it: throws, and deletes nothing, unless the
   * store holds an erasure that names every one of them. A digest whose clear text never came
   * gets its tombstone too: it may still be on its way. What came with an event of this tier's
   * own goes by an erasure of this tier's own alone; others leave it as it is. May be repeated. From then on neither
   * `hold` nor an append brings the field back.
   */
  erase(digests: readonly string[], by: Recorded): Promise<void>;

  /** Those of the digests that were erased, in the order asked. */
  tombstoned(digests: readonly string[]): Promise<readonly string[]>;

  /** Every tombstone. */
  tombstones(): Promise<readonly Tombstone[]>;

  /** The disclosures still held for these digests; erased and never delivered ones are absent. */
  held(digests: readonly string[]): Promise<readonly Disclosure[]>;
}
