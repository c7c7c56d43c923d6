import { type Draft, type EventHash, ok, type Result, type TierCode } from '@liandong/kernel';
import { type LegalDay, type Override, worded } from './commands.ts';
import {
  type BeforeAnchoring,
  type By,
  type CaseFact,
  type CaseFactName,
  type CaseFacts,
  caseFactType,
} from './facts.ts';
import type { CaseRefusal, CaseStatus } from './refusals.ts';
import type { Instant } from './route.ts';
import type { Happened, Matter } from './state.ts';

/** Who says a fact, when, and whom they could know as lead. */
export type Claim = Pick<Happened, 'hash' | 'tier' | 'authid' | 'at' | 'leadThen'>;

export type Verdict = Result<Matter, CaseRefusal>;

/**
 * What a fact changes, or why it must not be. At the door the refusal answers the
 * command; in the fold the same refusal is why a fact stays without effect.
 */
export type Rule<Name extends CaseFactName> = (
  matter: Matter,
  data: CaseFacts[Name],
  claim: Claim,
) => Verdict;

/** What the door knows when it turns a command into a fact. */
export type Door = {
  readonly by: By;
  readonly tier: TierCode;
  readonly at: Instant;
  readonly legalDay: LegalDay;
};

export type CaseDraft = Draft<CaseFact>;
export type Made = Result<CaseDraft, CaseRefusal>;

/** A fact as the door would have it recorded, with its words set apart. */
export const made = <Name extends CaseFactName>(
  name: Name,
  data: CaseFacts[Name],
  words: Readonly<Record<string, string | undefined>> = {},
) => ok({ type: caseFactType(name), data, ...worded(words) });

/** What a fact states of the override it was said under, and the words of it that are set apart. */
export const overridden = (
  override: Override | undefined,
): {
  readonly stated: { readonly beforeAnchoring?: BeforeAnchoring };
  readonly words: { readonly overrideReasons?: string };
} =>
  override === undefined
    ? { stated: {}, words: {} }
    : {
        stated: { beforeAnchoring: { ground: override.ground, reasonsGiven: true } },
        words: { overrideReasons: override.reasons },
      };

/** The hash of a fact that is judged before it is written. */
export const unwritten = '' as EventHash;

export const no = (refusal: CaseRefusal): { readonly ok: false; readonly refusal: CaseRefusal } => ({
  ok: false,
  refusal,
});

export const statusOf = ({ status, procedures }: Matter): CaseStatus =>
  (status === 'accepted' || status === 'inReview') && procedures.some(({ step }) => step === undefined)
    ? 'suspended'
    : status;

/** Over for good, unless the lead reopens it. */
export const hasEnded = ({ status }: Matter): boolean =>
  status === 'concluded' ||
  status === 'closed' ||
  status === 'rejected' ||
  status === 'withdrawn' ||
  status === 'void';

/** Refuses a matter that stands elsewhere. */
export const unless = (matter: Matter, ...allowed: readonly CaseStatus[]) => {
  const found = statusOf(matter);
  if (allowed.includes(found)) return undefined;
  return no(hasEnded(matter) ? { code: 'case-ended', found } : { code: 'wrong-status', found, allowed });
};

/** The member of that very name: ids come from events, and an object also answers to `constructor`. */
export const own = <Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;

export const later = (a: Instant | undefined, b: Instant | undefined): Instant | undefined =>
  a === undefined || (b !== undefined && b > a) ? b : a;

export const saysSomething = (words: string | undefined): boolean =>
  words !== undefined && words.trim() !== '';
