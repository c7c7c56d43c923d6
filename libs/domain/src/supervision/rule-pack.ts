import { canonicalJson, type Sha256, toHex, utf8 } from '@liandong/kernel';
import type { Bilingual, Check, ClockKind, Colour, Convention, Ending, LimitKind } from './codes.ts';

/** yyyy-mm-dd in Asia/Shanghai. */
type LocalDate = string;

/** Where a rule is written. What could not be looked up says so. */
export type RuleSource = { readonly text: Bilingual; readonly verified: boolean };

/** In force from the first day to the last. */
type Dated = { readonly from: LocalDate; readonly until?: LocalDate };

/** The limit, or the extension of one, that applies where the facts of a matter name none. */
export type DefaultLimit = Dated & {
  readonly element: ClockKind;
  readonly limit: LimitKind | 'extension';
  readonly days: number;
  readonly source: RuleSource;
};

type RuleParts = Dated & {
  readonly id: string;
  readonly colour: Colour;
  readonly text: Bilingual;
  readonly source: RuleSource;
  /** `confirmed`: a supervisor looks at it before it is issued. */
  readonly issue: 'automatic' | 'confirmed';
};

/** Reached when the count, less the limit, is at least or above a number of days; negative before the limit. */
export type Threshold = { readonly compare: Comparison; readonly days: number };
export const comparisons = ['atLeast', 'above'] as const;
export type Comparison = (typeof comparisons)[number];

export type ClockRule = RuleParts & {
  readonly element: ClockKind;
  readonly limit: LimitKind;
  readonly over: Threshold;
};

export type FindingRule = RuleParts &
  (
    | { readonly check: Exclude<Check, 'closedWithoutReason' | 'backDatedEntry'> }
    | { readonly check: 'closedWithoutReason'; readonly endings: readonly Ending[] }
    /** So many facts of one matter, each entered more than so many hours after it happened. */
    | { readonly check: 'backDatedEntry'; readonly hours: number; readonly facts: number }
  );

/** Everything supervision measures by, as data: named, versioned, and pinned by its hash. */
export type RulePack = {
  readonly id: string;
  readonly version: number;
  readonly name: Bilingual;
  readonly timezone: 'Asia/Shanghai';
  /** What arrives after the doors are shut counts from the same instant, or from when they open again. */
  readonly receipt: 'anyTime' | 'officeHours';
  readonly defaults: readonly DefaultLimit[];
  readonly clockRules: readonly ClockRule[];
  readonly findingRules: readonly FindingRule[];
};

/** `id@version#sha256`: what everything made by these rules names. */
export const packPin = (sha256: Sha256, pack: RulePack): string =>
  `${pack.id}@${pack.version}#${toHex(sha256(utf8(canonicalJson(pack))))}`;

/** A pack in use, since when, and how it counts. */
export type AdoptedPack = {
  readonly pack: RulePack;
  readonly pin: string;
  readonly convention: Convention;
  readonly effectiveFrom: LocalDate;
};

/** What applies to something that began on a day: packs are not changed under a running clock. */
export const packOn = (adopted: readonly AdoptedPack[], date: LocalDate): AdoptedPack | undefined =>
  adopted.findLast(({ effectiveFrom }) => effectiveFrom <= date);

export const inForceOn = ({ from, until }: Dated, date: LocalDate): boolean =>
  from <= date && (until === undefined || date <= until);

export const defaultDays = (
  { defaults }: RulePack,
  element: ClockKind,
  limit: DefaultLimit['limit'],
  date: LocalDate,
): number | undefined =>
  defaults.find((one) => one.element === element && one.limit === limit && inForceOn(one, date))?.days;

/** The first whole number of days over the limit that reaches a threshold. */
export const firstOver = ({ compare, days }: Threshold): number => {
  switch (compare) {
    case 'atLeast':
      return days;
    case 'above':
      return days + 1;
  }
};
