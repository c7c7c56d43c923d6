import {
  canonicalJson,
  type Decider,
  type Draft,
  ok,
  refuse,
  type Result,
  type Sha256,
  type TierCode,
  toHex,
  utf8,
} from '@liandong/kernel';
import type { UrgeCard } from './card-commands.ts';
import type { Difference, OversightFact, OversightFacts } from './card-facts.ts';
import type { Instant } from './facts.ts';
import type { Judgement } from './judgement.ts';

export const judgementHash = (sha256: Sha256, judgement: Judgement): string =>
  toHex(sha256(utf8(canonicalJson(judgement))));

/** A card of the issuer, if there is one, and what a superior makes of its cause, if that is due at all. */
export type Recomputed =
  | { readonly issued: Judgement; readonly expected: Judgement | undefined }
  | { readonly issued: undefined; readonly expected: Judgement };

export type Disagreement = OversightFacts['disagreed'];

/**
 * What a superior holds against the issuer of a card that is not what the events say, or
 * against one that raised none; `undefined` if the two are the same. `more`: what else
 * the superior could not follow.
 */
export const disagreementOn = (
  sha256: Sha256,
  { issued, expected }: Recomputed,
  at: Instant,
  more: readonly Difference[] = [],
): Disagreement | undefined => {
  const hashes = {
    ...(issued && { issued: judgementHash(sha256, issued) }),
    ...(expected && { expected: judgementHash(sha256, expected) }),
  };
  if (hashes.issued === hashes.expected) return undefined;
  const { cause, matter, accountable, frontier } = issued ?? expected;
  const found = issued === undefined ? 'missing' : expected === undefined ? 'unfounded' : 'differs';
  const differences = [...differencesBetween(issued, expected), ...more].slice(0, mostDifferences);
  const issuer = accountable.unit.tier;
  return { issuer, cause, matter, found, ...hashes, differences, frontier, at };
};

// What differs

const mostDifferences = 40;
const longestSide = 300;

/** What a judgement that stands alone is told by. */
const essentials: ReadonlySet<string> = new Set([
  ...['cause.rule', 'dueAt', 'rules', 'calendar', 'convention'],
  ...['reckoning.limitDays', 'reckoning.count', 'reckoning.check'],
]);

const differencesBetween = (
  issued: Judgement | undefined,
  expected: Judgement | undefined,
): readonly Difference[] => {
  const [ours, theirs] = [pointsOf(expected), pointsOf(issued)];
  const alone = issued === undefined || expected === undefined;
  return [...new Set([...theirs.keys(), ...ours.keys()])]
    .filter((point) => (alone ? essentials.has(point) : ours.get(point) !== theirs.get(point)))
    .map((point): Difference => {
      const [said, due] = [theirs.get(point), ours.get(point)];
      return {
        point,
        ...(said !== undefined && { issued: said }),
        ...(due !== undefined && { expected: due }),
      };
    });
};

/** Every member of a judgement by its path, so that none can differ unseen; lists stand whole. */
const pointsOf = (value: unknown, path = ''): ReadonlyMap<string, string> => {
  if (value === undefined) return new Map();
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return new Map(
      Object.entries(value).flatMap(([name, member]) => [
        ...pointsOf(member, path === '' ? name : `${path}.${name}`),
      ]),
    );
  const text = typeof value === 'string' ? value : canonicalJson(value);
  return new Map([[path, text.length > longestSide ? `${text.slice(0, longestSide)}…` : text]]);
};

// The superior's own stream about one cause

export type RecordDisagreement = { readonly type: 'recordDisagreement'; readonly disagreement: Disagreement };
export type RecordAgreement = {
  readonly type: 'recordAgreement';
  readonly agreement: OversightFacts['agreed'];
};
export type OversightCommand = RecordDisagreement | RecordAgreement | UrgeCard;

export type OversightRefusal =
  | { readonly code: 'oversight-not-superior'; readonly tier: TierCode }
  | { readonly code: 'oversight-nothing-to-agree' }
  | { readonly code: 'card-urged-into-the-past' };

export type OversightState = {
  /** What is held against the issuer now. */
  readonly open: Disagreement | undefined;
  readonly urged: number;
};

const decide = (
  isSuperiorOf: (issuer: TierCode) => boolean,
  command: OversightCommand,
  { open }: OversightState,
): Result<readonly Draft<OversightFact>[], OversightRefusal> => {
  switch (command.type) {
    case 'recordDisagreement': {
      const { disagreement: data } = command;
      if (!isSuperiorOf(data.issuer)) return refuse({ code: 'oversight-not-superior', tier: data.issuer });
      const said = open !== undefined && samePoint(open, data);
      return ok(said ? [] : [{ type: 'liandong.card.disagreed.v1', data }]);
    }
    case 'recordAgreement': {
      const { agreement: data } = command;
      if (open === undefined) return refuse({ code: 'oversight-nothing-to-agree' });
      return ok([{ type: 'liandong.card.agreed.v1', data }]);
    }
    case 'urgeCard': {
      const { by, card, until, at, note } = command;
      if (until <= at) return refuse({ code: 'card-urged-into-the-past' });
      const fact = { type: 'liandong.card.urged.v1', data: { by, card, until } } as const;
      return ok([note === undefined || note.trim() === '' ? fact : { ...fact, personal: { note } }]);
    }
  }
};

/** The frontier and the moment move on while the point at issue stays the same. */
const samePoint = (a: Disagreement, b: Disagreement): boolean =>
  a.found === b.found && a.issued === b.issued && (a.found === 'missing' || a.expected === b.expected);

const evolve = (state: OversightState, { type, data }: OversightFact): OversightState => {
  switch (type) {
    case 'liandong.card.disagreed.v1':
      return { ...state, open: data };
    case 'liandong.card.agreed.v1':
      return { ...state, open: undefined };
    case 'liandong.card.urged.v1':
      return { ...state, urged: state.urged + 1 };
  }
};

/** `isSuperiorOf`: whether the tier whose stream this is stands above another. */
export const oversightDecider = (
  isSuperiorOf: (issuer: TierCode) => boolean,
): Decider<OversightCommand, OversightFact, OversightState, OversightRefusal, Draft<OversightFact>> => ({
  initial: { open: undefined, urged: 0 },
  decide: (command, state) => decide(isSuperiorOf, command, state),
  evolve,
});
