import type { EventHash, Fact, Mandate, StreamName, TierCode } from '@liandong/kernel';
import type { Bilingual } from './codes.ts';
import type { Instant } from './facts.ts';
import type { CardCause, Judgement } from './judgement.ts';

/** In what capacity: the unit that is accountable, a supervisor, or the follower that judges. */
export const cardRoles = ['unit', 'supervisor', 'system'] as const;
export type CardRole = (typeof cardRoles)[number];
export type CardActor = { readonly tier: TierCode; readonly department?: string; readonly role: CardRole };

export const appealGrounds = [
  'factWrong',
  'clockWrong',
  'notOurs',
  'forceMajeure',
  'applicantDelay',
] as const;
export type AppealGround = (typeof appealGrounds)[number];

export const cancelGrounds = ['corrected', 'systemFault', 'forceMajeure', 'duplicate'] as const;
export type CancelGround = (typeof cancelGrounds)[number];

/** What a later fact or a corrected calendar says of a card; `asRaised` takes back what was said before. */
export const correctionFindings = ['notDue', 'dueOtherwise', 'otherwiseAccountable', 'asRaised'] as const;
export type CorrectionFinding = (typeof correctionFindings)[number];

export const correctionReasons = ['lateFact', 'calendarCorrected'] as const;
export type CorrectionReason = (typeof correctionReasons)[number];

/** Who is told: the handler's pseudonym, the unit that approves, and the tiers that supervise it. */
export type Recipients = {
  readonly handler?: string;
  readonly approver: Mandate;
  readonly tiers: readonly TierCode[];
};

type By = { readonly by: CardActor };

/** What a card came to be found to be, beside what it says. */
export type CorrectionOfCard = {
  readonly finding: CorrectionFinding;
  readonly reason: CorrectionReason;
  readonly dueAt?: Instant;
  readonly accountable?: Judgement['accountable'];
  readonly frontier: readonly EventHash[];
  readonly calendar: string;
};

/** Every fact of a card's own stream; the words of people are withheld as digests. */
export type CardFacts = {
  /** D 待發. */
  raised: Judgement;
  /** Y 已發. */
  issued: By & { readonly to: Recipients };
  replied: By & { readonly document: string };
  appealed: By & { readonly ground: AppealGround; readonly document: string };
  /** C 撤銷. */
  appealAccepted: By & { readonly document: string; readonly reasonsGiven: true };
  appealRejected: By & { readonly document: string; readonly reasonsGiven: true };
  /** Q 取消. */
  cancelled: By & { readonly ground: CancelGround; readonly reasonsGiven: true };
  /** B 督辦: by the issuer's own supervisors in its stream, by a superior in the superior's. */
  urged: By & { readonly card: StreamName; readonly until: Instant };
  /** Added, never changed: the card keeps its data. */
  corrected: CorrectionOfCard;
};
export type CardFactName = keyof CardFacts;
export type CardFactOf<Name extends CardFactName> = Fact<`liandong.card.${Name}.v1`, CardFacts[Name]>;
export type CardFact = { [Name in CardFactName]: CardFactOf<Name> }[CardFactName];

/** What a superior finds when it judges the issuer's clocks itself. */
export const disagreements = ['missing', 'unfounded', 'differs'] as const;
export type DisagreementKind = (typeof disagreements)[number];

/** One thing that two judgements of a cause say differently; a side that says nothing of it is left out. */
export type Difference = {
  /** Where it stands in a judgement: `dueAt`, `reckoning.count`. */
  readonly point: string;
  readonly issued?: string;
  readonly expected?: string;
};

export type OversightFacts = {
  disagreed: {
    readonly issuer: TierCode;
    readonly cause: CardCause;
    readonly matter?: StreamName;
    readonly found: DisagreementKind;
    /** SHA-256 of the canonical form of each judgement. */
    readonly issued?: string;
    readonly expected?: string;
    readonly differences?: readonly Difference[];
    readonly frontier: readonly EventHash[];
    readonly at: Instant;
  };
  /** What was missing or different no longer is. */
  agreed: {
    readonly issuer: TierCode;
    readonly cause: CardCause;
    /** The card that is agreed with; none where none is due any more. */
    readonly issued?: string;
    readonly at: Instant;
  };
};
export type OversightFact =
  | {
      [Name in keyof OversightFacts]: Fact<`liandong.card.${Name}.v1`, OversightFacts[Name]>;
    }[keyof OversightFacts]
  | CardFactOf<'urged'>;

/** A threshold that a calendar correction moved. */
export type MovedDeadline = {
  readonly cause: CardCause;
  readonly before?: Instant;
  readonly after?: Instant;
};
export type DeadlinesReprojected = Fact<
  'liandong.calendar.deadlinesReprojected.v1',
  {
    matter: StreamName;
    calendarBefore: string;
    calendarAfter: string;
    reason: Bilingual;
    deadlines: readonly MovedDeadline[];
  }
>;
