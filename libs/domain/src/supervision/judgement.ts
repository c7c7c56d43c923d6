import {
  type EventHash,
  type Mandate,
  ownStream,
  type Sha256,
  type StreamName,
  toHex,
  utf8,
  canonicalJson,
} from '@liandong/kernel';
import type { Agenda, Alarm, Sanctioned } from './agenda.ts';
import { type Extension, type Suspension, unitAt } from './clock.ts';
import type { Check, ClockKind, Colour, Convention, LimitKind } from './codes.ts';
import type { Instant } from './facts.ts';
import { type Supervised, unitKey } from './supervised.ts';

/** What a card is about: there is one card for one cause, whatever happens. */
export type CardCause = {
  readonly event: EventHash;
  readonly step?: string;
  readonly rule: string;
  readonly round: number;
};

/** How it was reckoned: enough to count it again by hand. */
export type ClockReckoning = {
  readonly kind: 'clock';
  readonly element: ClockKind;
  readonly limit: LimitKind;
  readonly limitDays: number;
  readonly count: number;
  readonly receivedAt: Instant;
  readonly countsFrom: Instant;
  readonly extensions: readonly Extension[];
  readonly suspensions: readonly Suspension[];
};
export type FindingReckoning = {
  readonly kind: 'finding';
  readonly check: Check;
  readonly evidence: readonly EventHash[];
};

/**
 * The `data` of a card: a pure function of the events up to the frontier it names, the
 * instant at which it was judged, the calendar, the rule pack and the convention.
 */
export type Judgement = {
  readonly matter: StreamName;
  readonly cause: CardCause;
  readonly colour: Colour;
  /** The first instant at which the threshold was reached. */
  readonly dueAt: Instant;
  readonly judgedAt: Instant;
  /** The newest events of the matter that were known; everything behind them was known too. */
  readonly frontier: readonly EventHash[];
  readonly rules: string;
  readonly calendar: string;
  readonly convention: Convention;
  readonly accountable: {
    readonly unit: Mandate;
    readonly step?: string;
    /** The pseudonym of who acted last for the unit. */
    readonly person?: string;
  };
  readonly reckoning: ClockReckoning | FindingReckoning;
};

export type Judging = {
  readonly matter: StreamName;
  readonly frontier: readonly EventHash[];
  readonly calendar: string;
  readonly at: Instant;
};

/** Everything that is due at an instant, by when it became due. */
export const judge = (state: Supervised, { entries }: Agenda, judging: Judging): readonly Judgement[] =>
  entries.filter(({ dueAt }) => dueAt <= judging.at).map((entry) => judgementOf(state, entry, judging));

const judgementOf = (
  { handlers }: Supervised,
  entry: Alarm | Sanctioned,
  { matter, frontier, calendar, at }: Judging,
): Judgement => {
  const { rule, rules, dueAt } = entry;
  const { event, unit, step, round } = subjectOf(entry);
  const ofStep = step === undefined ? {} : { step };
  const person = handlers[unitKey(unit)];
  return {
    matter,
    cause: { event, ...ofStep, rule: rule.id, round },
    colour: rule.colour,
    dueAt,
    judgedAt: at,
    frontier: frontier.toSorted(),
    rules: rules.pin,
    calendar,
    convention: rules.convention,
    accountable: { unit, ...ofStep, ...(person !== undefined && { person }) },
    reckoning: reckoningOf(entry),
  };
};

const subjectOf = (entry: Alarm | Sanctioned) => {
  switch (entry.kind) {
    case 'clock': {
      const { clock, dueAt } = entry;
      return { event: clock.cause, unit: unitAt(clock, dueAt), step: clock.step, round: clock.round };
    }
    case 'finding': {
      const { cause, unit, step, round } = entry.finding;
      return { event: cause, unit, step, round };
    }
  }
};

const reckoningOf = (entry: Alarm | Sanctioned): Judgement['reckoning'] => {
  switch (entry.kind) {
    case 'clock': {
      const { clock, rule, limitDays, count, countsFrom, dueAt } = entry;
      return {
        kind: 'clock',
        element: clock.kind,
        limit: rule.limit,
        limitDays,
        count,
        receivedAt: clock.from,
        countsFrom,
        extensions: clock.extensions,
        suspensions: clock.suspensions.filter(({ from }) => from <= dueAt),
      };
    }
    case 'finding': {
      const { check, evidence } = entry.finding;
      return { kind: 'finding', check, evidence };
    }
  }
};

/** The stream of the card for a cause in one tier: a second card for it would be a second event of this stream. */
export const cardStream = (
  sha256: Sha256,
  { cause, accountable }: Pick<Judgement, 'cause' | 'accountable'>,
): StreamName => cardStreamAt(sha256, accountable.unit.tier, cause);

/** The stream in which any tier says something about the card for a cause. */
export const cardStreamAt = (sha256: Sha256, tier: Mandate['tier'], cause: CardCause): StreamName =>
  ownStream('card', tier, toHex(sha256(utf8(canonicalJson(cause)))).slice(0, 32));
