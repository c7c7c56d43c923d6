import type { EventHash, Mandate, TierCode } from '@liandong/kernel';
import type { Ending, ProcedureGround } from './codes.ts';

/** RFC 3339 in UTC with milliseconds, as events write it: text order is time order. */
export type Instant = string;

/** A step of the route as the catalogue plans it, with the organ found for this case. */
export type PlannedStep = { readonly id: string; readonly unit: Mandate; readonly days: number };

export type Applied = {
  readonly item: string;
  readonly intake: Mandate;
  readonly lead: Mandate;
  /** `offline`: handled outside the system and told of afterwards. */
  readonly entry: 'online' | 'counter' | 'offline';
  readonly stages: readonly {
    readonly id: string;
    readonly days?: number;
    readonly steps: readonly PlannedStep[];
  }[];
  readonly promisedDays?: number;
  readonly statutoryDays?: number;
  readonly noticeDays: number;
  readonly deliveryDays: number;
  /** Whether the catalogue lets the item cost something; nothing is said of money where nobody knows. */
  readonly chargeable?: boolean;
};

/**
 * The small facts that supervision consumes, by name. Whoever follows the events maps
 * them to these; contexts do not know one another. A fact that refers to another names
 * the event that said it.
 */
export type SupervisedFacts = {
  applied: Applied;
  preAccepted: object;
  correctionRequired: { readonly demands: readonly string[] };
  /** `complete`: nothing that was demanded is missing any more. */
  supplied: { readonly complete: boolean };
  accepted: {
    /** The instant the decision clock counts from. */
    readonly from: Instant;
    /** Required materials that are missing and were not tolerated. */
    readonly missing: readonly string[];
  };
  stageOpened: { readonly stage: string };
  answered: { readonly step: string; readonly round: number; readonly startedAt?: Instant };
  consulted: { readonly step?: string; readonly asked: Mandate; readonly days?: number };
  consultationAnswered: { readonly consultation: EventHash };
  procedureStarted: { readonly step?: string; readonly ground: ProcedureGround; readonly days: number };
  procedureEnded: { readonly procedure: EventHash };
  /** Of a step's limit, or the case's. */
  extended: { readonly step?: string; readonly days: number };
  charged: { readonly amount: number };
  ended: { readonly ending: Ending; readonly reasonsGiven: boolean };
  delivered: object;
  /** 轉報: the upper tier's own clock starts; `steps` go up with the case. */
  transferred: { readonly to: Mandate; readonly from: Instant; readonly steps: readonly string[] };
  takenOver: { readonly to: Mandate };
  /** What an obligation reopened: a further round of a step, and the case if it had ended. */
  reopened: { readonly step?: string; readonly round?: number; readonly obliged?: EventHash };
  /** The lead was told of something it must settle. */
  obliged: { readonly unit: Mandate; readonly step?: string; readonly days: number };
  /** It was settled, and nothing reopened. */
  obligationMet: { readonly obliged: EventHash };
  complained: { readonly about: Mandate; readonly days?: number };
  complaintExtended: { readonly complaint: EventHash; readonly days: number };
  complaintAnswered: { readonly complaint: EventHash };
  informationRequested: { readonly asked: Mandate; readonly days?: number };
  informationExtended: { readonly request: EventHash; readonly days?: number };
  thirdPartyConsulted: { readonly request: EventHash };
  thirdPartyAnswered: { readonly consultation: EventHash };
  informationAnswered: { readonly request: EventHash };
  /** A warning reached its unit, which owes a reply. */
  warned: { readonly unit: Mandate; readonly step?: string };
  warningReplied: { readonly warning: EventHash };
};
export type SupervisedName = keyof SupervisedFacts;
export type SupervisedFact = {
  [Name in SupervisedName]: { readonly name: Name; readonly data: SupervisedFacts[Name] };
}[SupervisedName];

/** A fact at its place in the order of its matter. */
export type Seen = {
  readonly fact: SupervisedFact;
  readonly hash: EventHash;
  /** Whose fact it is. */
  readonly tier: TierCode;
  /** The unit the author acted for, where the fact names one. */
  readonly unit?: Mandate;
  /** The window it was done at, where the fact names one. */
  readonly window?: string;
  /** The pseudonym of the acting person. */
  readonly authid: string;
  /** When it happened, and when it was recorded. */
  readonly at: Instant;
  readonly recordedAt: Instant;
  /** An act that could not be, told by a joined system: it moves no clock, yet rules see it. */
  readonly withoutEffect: boolean;
};
