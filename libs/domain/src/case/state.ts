import type { EventHash, Mandate, TierCode } from '@liandong/kernel';
import type {
  CaseFact,
  ClosingResult,
  ConclusionResult,
  DecisionDue,
  ObligationKind,
  Opened,
  Remedy,
  StepResult,
  ToleranceTerms,
} from './facts.ts';
import type { Log } from './log.ts';
import type { CaseRefusal, CaseStatus } from './refusals.ts';
import type { DocumentHash, Instant, ProcedureGround, ResolvedStep } from './route.ts';

/** A fact at its place in the register order. */
export type Happened = {
  /** `undefined` if this build does not know the event's type or version. */
  readonly fact: CaseFact | undefined;
  /** An event of another context, known to it: it stands in the case's stream and changes nothing of the case. */
  readonly beside?: boolean;
  readonly hash: EventHash;
  /** The author. */
  readonly tier: TierCode;
  /** The envelope's pseudonym of the acting person. */
  readonly authid: string;
  /** The envelope's `time`. */
  readonly at: Instant;
  readonly leadThen: Mandate | undefined;
  readonly superseded: boolean;
};

export type Answer = {
  readonly round: number;
  readonly result: StepResult;
  readonly by: Mandate;
  readonly at: Instant;
  readonly hash: EventHash;
  readonly document: DocumentHash;
};

/** A step with its passes so far. Whether it is open follows from its stage, see `review.ts`. */
export type StepState = {
  readonly step: ResolvedStep;
  readonly stage: string;
  /** Who answers; the route's organ unless a transfer moved the step up. */
  readonly organ: Mandate;
  /** Who was to answer before a transfer moved the step up. */
  readonly formerOrgans: readonly Mandate[];
  readonly round: number;
  readonly answers: readonly Answer[];
  /** Set once its stage is open: since when its limit counts, and when it ends. */
  readonly from: Instant | undefined;
  readonly due: Instant | undefined;
  /** Working days that special procedures and an extension added to its limit. */
  readonly added: number;
  /** Of them, those that an earlier pass of the step had used. */
  readonly addedBefore: number;
  readonly extended: boolean;
  readonly inspections: number;
};

/** From what a limit counts, and how many working days: a corrected calendar counts them again. */
type Counted = { readonly from: Instant; readonly days: number };

export type Procedure = {
  readonly hash: EventHash;
  /** The step it suspends; the whole case if undefined. */
  readonly step: string | undefined;
  readonly ground: ProcedureGround;
  readonly due: Instant;
} & Counted;

export type Consultation = {
  readonly hash: EventHash;
  readonly step: string | undefined;
  readonly asked: Mandate;
  readonly due: Instant;
  readonly from: Instant;
  /** Unknown of a consultation that an earlier build recorded: then no calendar moves its end. */
  readonly days: number | undefined;
};

/** The one correction notice, and what of it is still unmet. */
export type Correction = {
  readonly demanded: readonly string[];
  readonly unmet: readonly string[];
  readonly due: Instant;
  readonly times: number;
  readonly tier: TierCode;
} & Counted;

export type Tolerance = ToleranceTerms & {
  /** 容缺預審 before acceptance, 容缺受理 after. */
  readonly kind: 'preReview' | 'acceptance';
  readonly tier: TierCode;
  readonly from: Instant;
};

/** The decision clock of the present lead. */
export type DecisionClock = {
  readonly from: Instant;
  /** Working days that special procedures of the whole case and an extension added. */
  readonly added: number;
  readonly due: DecisionDue;
  readonly extended: boolean;
};

export type Conclusion = {
  readonly result: ConclusionResult;
  readonly at: Instant;
  readonly hash: EventHash;
  /** Undefined if a lapse ended the case: its written notice is what is delivered. */
  readonly document: DocumentHash | undefined;
  readonly deliveryDue: Instant;
  readonly remedies: readonly Remedy[];
};

/** Something the register brought to light that the lead must settle. */
export type Obligation = {
  readonly kind: ObligationKind;
  /** The fact that came too late. */
  readonly cause: EventHash;
  readonly step: string | undefined;
  /** By when it must be settled; undefined until the lead was told of it. */
  readonly noted: (Counted & { readonly hash: EventHash; readonly due: Instant }) | undefined;
};

export type Handover = { readonly from: Mandate; readonly to: Mandate; readonly at: Instant };

/** A case once it is opened. */
export type Matter = {
  readonly opening: Opened;
  readonly openedBy: TierCode;
  readonly openedAt: Instant;
  readonly hash: EventHash;
  /** Never `suspended`: that is shown while a procedure of the whole case runs, see `statusOf`. */
  readonly status: Exclude<CaseStatus, 'suspended'>;
  readonly lead: Mandate;
  readonly audience: readonly TierCode[];
  /** Documents of each material that is in the file. */
  readonly supplied: Readonly<Record<string, readonly DocumentHash[]>>;
  /** When the file was complete as far as the applicant was told: the opening, or the last correction met. */
  readonly receivedAt: Instant;
  /** When silence becomes acceptance; undefined while the applicant is to act. */
  readonly noticeDue: Instant | undefined;
  /** Since when that counts. */
  readonly noticeFrom: Instant;
  readonly correction: Correction | undefined;
  readonly tolerance: Tolerance | undefined;
  /** Review was opened before acceptance (容缺預審). */
  readonly preReviewed: boolean;
  readonly acceptedAt: Instant | undefined;
  readonly clock: DecisionClock | undefined;
  /** Ids of the stages opened so far, in the route's order. */
  readonly stages: readonly string[];
  readonly steps: Readonly<Record<string, StepState>>;
  /** Special procedures that run now. */
  readonly procedures: readonly Procedure[];
  /** Consultations that wait for an answer. */
  readonly consultations: readonly Consultation[];
  readonly hearings: number;
  readonly conclusion: Conclusion | undefined;
  readonly closing: ClosingResult | undefined;
  readonly transfers: readonly Handover[];
  readonly takeovers: readonly Handover[];
  readonly obligations: readonly Obligation[];
  readonly remediesNoted: readonly { readonly remedy: Remedy; readonly document: DocumentHash }[];
};

export type WithoutEffect = { readonly hash: EventHash; readonly reason: CaseRefusal };

/** What everyone who holds the same events computes: the case, and what of its history had no effect. */
export type CaseState = {
  readonly matter: Matter | undefined;
  readonly withoutEffect: Log<WithoutEffect>;
  /** Events of a type or version this build cannot read: folded again after an upgrade. */
  readonly unread: number;
};
