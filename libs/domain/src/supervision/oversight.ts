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
import type { DisagreementKind, OversightFact, OversightFacts } from './card-facts.ts';
import { causeKey } from './corrections.ts';
import type { Instant } from './facts.ts';
import type { Judgement } from './judgement.ts';

export const judgementHash = (sha256: Sha256, judgement: Judgement): string =>
  toHex(sha256(utf8(canonicalJson(judgement))));

/** A card of the issuer, and what a superior judged at the frontier and the instant that the card names. */
export type Recomputed = { readonly issued: Judgement; readonly expected: Judgement | undefined };

export type Disagreement = OversightFacts['disagreed'];

/**
 * What a superior holds against an issuer: cards that are not what the issuer's own
 * frontier says, and cards that a clock has been due for longer than the grace and that
 * do not exist. `due` is what the superior judged at the issuer's newest anchored frontier.
 */
export const disagreementsWith = (
  sha256: Sha256,
  issuer: TierCode,
  cards: readonly Recomputed[],
  due: readonly Judgement[],
  { at, grace }: { readonly at: Instant; readonly grace: number },
): readonly Disagreement[] => {
  const known = new Set(cards.map(({ issued }) => causeKey(issued.cause)));
  const late = new Date(Date.parse(at) - grace).toISOString();
  return [
    ...cards.flatMap((card): readonly Disagreement[] => {
      const found = differenceOf(sha256, card);
      if (found === undefined) return [];
      const { cause, frontier } = card.issued;
      return [{ issuer, cause, ...found, frontier, at }];
    }),
    ...due
      .filter(
        ({ accountable, cause, dueAt }) =>
          accountable.unit.tier === issuer && dueAt <= late && !known.has(causeKey(cause)),
      )
      .map((expected): Disagreement => {
        const { cause, frontier } = expected;
        return { issuer, cause, found: 'missing', expected: judgementHash(sha256, expected), frontier, at };
      }),
  ];
};

type Difference = { readonly found: DisagreementKind; readonly issued: string; readonly expected?: string };

const differenceOf = (sha256: Sha256, { issued, expected }: Recomputed): Difference | undefined => {
  const hash = judgementHash(sha256, issued);
  if (expected === undefined) return { found: 'unfounded', issued: hash };
  const ours = judgementHash(sha256, expected);
  return ours === hash ? undefined : { found: 'differs', issued: hash, expected: ours };
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
