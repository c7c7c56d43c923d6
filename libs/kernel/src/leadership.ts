import { compareKeys, type Entry, type Superiors } from './entry.ts';
import type { TierCode } from './names.ts';
import { compareTerms, firstTerm, type Mandate, sameMandate, type Term } from './term.ts';

/** Who leads, since which event, and whom they followed: a leadership is its whole line of succession. */
export type Leadership = {
  readonly term: Term;
  readonly lead: Mandate;
  /** The event that opened the term: the opening, a transfer or a takeover. */
  readonly opener: Entry;
  /** The leadership in which the opener was written; `undefined` for the opening itself. */
  readonly before: Leadership | undefined;
  readonly superiors: Superiors;
};

/** What a spine event is worth in its own causal past, whatever else may have happened. */
export type Verdict = { readonly lawful: boolean; readonly opens?: Leadership };

/** By what a spine event is judged. */
export type SuccessionRules = {
  readonly mandated: (entry: Entry, mandate: Mandate, past: Leadership) => boolean;
  readonly mayTakeOver: (entry: Entry, mandate: Mandate, past: Leadership) => boolean;
};

const unlawful: Verdict = { lawful: false };

export const judge = (entry: Entry, past: Leadership | undefined, rules: SuccessionRules): Verdict => {
  const { spine } = entry;
  if (spine === undefined) return unlawful;
  if (spine.kind === 'opened') return judgeOpening(entry, spine);
  if (past === undefined) return unlawful;
  switch (spine.kind) {
    case 'act':
      return { lawful: rules.mandated(entry, spine.mandate, past) };
    case 'transferred':
      return rules.mandated(entry, spine.mandate, past)
        ? { lawful: true, opens: succeed(entry, nextTransfer(past.term), spine.to, past) }
        : unlawful;
    case 'takenOver':
      return rules.mayTakeOver(entry, spine.mandate, past)
        ? { lawful: true, opens: succeed(entry, nextTakeover(past.term), spine.mandate, past) }
        : unlawful;
  }
};

const judgeOpening = (
  entry: Entry,
  { lead, superiors }: { readonly lead: Mandate; readonly superiors: Superiors },
): Verdict =>
  entry.parents.length === 0 && compareTerms(entry.term, firstTerm) === 0
    ? { lawful: true, opens: { term: firstTerm, lead, opener: entry, before: undefined, superiors } }
    : unlawful;

const nextTransfer = ({ takeovers, transfers }: Term): Term => ({ takeovers, transfers: transfers + 1 });
const nextTakeover = ({ takeovers }: Term): Term => ({ takeovers: takeovers + 1, transfers: 0 });

const succeed = (opener: Entry, term: Term, lead: Mandate, before: Leadership): Leadership => ({
  term,
  lead,
  opener,
  before,
  superiors: before.superiors,
});

/** The author writes for the lead it knew, in the term it knew. */
export const mandated = (entry: Entry, mandate: Mandate, past: Leadership): boolean =>
  compareTerms(entry.term, past.term) === 0 && mandate.tier === entry.tier && sameMandate(mandate, past.lead);

/** Only a superior of the lead takes over, for itself, and into the very next takeover. */
export const mayTakeOver = (entry: Entry, mandate: Mandate, past: Leadership): boolean =>
  compareTerms(entry.term, nextTakeover(past.term)) === 0 &&
  mandate.tier === entry.tier &&
  superiorsOf(past.lead.tier, past).includes(entry.tier);

const superiorsOf = (tier: TierCode, { superiors }: Leadership): readonly TierCode[] => superiors[tier] ?? [];

/**
 * Whether `a` stands against `b`: the later takeover; of two claims to one takeover
 * the better one with all that follows from it; within a takeover the same for
 * transfers. A total order on lines of succession, so every reader of the same
 * events finds the same lead, in whatever order it meets them.
 */
export const outranks = (a: Leadership, b: Leadership): boolean => {
  if (a.term.takeovers !== b.term.takeovers) return a.term.takeovers > b.term.takeovers;
  const shared = Math.min(a.term.transfers, b.term.transfers);
  let [x, y] = [backTo(a, shared), backTo(b, shared)];
  if (sameOpener(x, y)) return a.term.transfers > b.term.transfers;
  while (x.term.transfers > 0 && x.before && y.before && !sameOpener(x.before, y.before))
    [x, y] = [x.before, y.before];
  return betterClaim(x, y);
};

const backTo = (leadership: Leadership, transfers: number): Leadership => {
  let at = leadership;
  while (at.term.transfers > transfers && at.before) at = at.before;
  return at;
};

const sameOpener = (a: Leadership, b: Leadership): boolean => a.opener.hash === b.opener.hash;

/** Of two claims to one term: the higher tier's, then the one with the smaller key. */
export const betterClaim = (a: Leadership, b: Leadership): boolean =>
  (superiorsOf(a.lead.tier, a).length - superiorsOf(b.lead.tier, b).length ||
    compareKeys(a.opener, b.opener)) < 0;

/** The leadership known to someone who knows all of these. */
export const merge = (
  known: readonly (Leadership | undefined)[],
  stands: (a: Leadership, b: Leadership) => boolean,
): Leadership | undefined =>
  known.reduce((best, next) => (best && (!next || !stands(next, best)) ? best : next), undefined);

/** The leadership and all it succeeded, the latest first. */
export const succession = (leadership: Leadership | undefined): readonly Leadership[] => {
  const line: Leadership[] = [];
  for (let at = leadership; at !== undefined; at = at.before) line.push(at);
  return line;
};
