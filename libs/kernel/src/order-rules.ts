import { type Delivered, type Delivery, sees } from './delivered.ts';
import { compareKeys, compareTexts, type Entry } from './entry.ts';
import {
  type Leadership,
  mandated,
  mayTakeOver,
  merge,
  outranks,
  type SuccessionRules,
} from './leadership.ts';

/**
 * The rules of the register order by name. Everything else only carries them out;
 * the tests break them one by one and see who notices.
 */
export type OrderRules = SuccessionRules & {
  readonly compareKeys: (a: Entry, b: Entry) => number;
  /** Own events count at once, others when they are anchored. */
  readonly anchored: (entry: Entry, delivery: Delivery) => boolean;
  /** `opening`: the parentless opening with the smallest key so far. */
  readonly root: (
    entry: Entry,
    known: { readonly delivery: Delivery; readonly opening: Entry | undefined },
  ) => boolean;
  /** Of several events under one author and number, one counts. */
  readonly stands: (entry: Entry, rivals: readonly Entry[], delivery: Delivery) => boolean;
  readonly height: (entry: Entry, tallestParent: number) => boolean;
  /** `previous`: the last number of the same author among the ancestors, 0 if none. */
  readonly sequence: (entry: Entry, previous: number) => boolean;
  readonly pastOf: (
    parents: readonly Delivered[],
    outranks: OrderRules['outranks'],
  ) => Leadership | undefined;
  readonly outranks: (a: Leadership, b: Leadership) => boolean;
  /** What two events must share to be of one lead's term: its opener, not merely its number. */
  readonly lineage: (leadership: Leadership) => string;
  /** Whether the first act of a higher term leaves this one of a lower term behind. */
  readonly fenced: (spine: Delivered, first: Delivered) => boolean;
  /** How far into each author's chain a spine event files. */
  readonly files: (spine: Delivered) => readonly number[];
};

export const orderRules: OrderRules = {
  compareKeys,
  anchored: (entry, { own, anchored }) => entry.tier === own || (anchored?.(entry) ?? true),
  root: (entry, { delivery, opening }) => entry.hash === (delivery.root ?? opening?.hash),
  stands: (entry, rivals, { stands }) => entry.hash === standing(rivals, stands)?.hash,
  height: (entry, tallestParent) => entry.height === 1 + tallestParent,
  sequence: (entry, previous) => entry.sequence === 1 + previous,
  pastOf: (parents, stands) =>
    merge(
      parents.map(({ after }) => after),
      stands,
    ),
  mandated,
  mayTakeOver,
  outranks,
  lineage: ({ opener }) => opener.hash,
  fenced: (spine, first) => !sees(first, spine),
  files: ({ seen }) => seen,
};

const standing = (rivals: readonly Entry[], stands: Delivery['stands']): Entry | undefined => {
  if (rivals.length === 1 || stands === undefined) return smallestHash(rivals);
  const named = rivals.filter((rival) => stands(rival));
  return smallestHash(named.length > 0 ? named : rivals);
};

const smallestHash = (entries: readonly Entry[]): Entry | undefined =>
  entries.toSorted((a, b) => compareTexts(a.hash, b.hash))[0];
