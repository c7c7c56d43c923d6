import type { EventHash, Fact, Mandate, StreamName, TierCode } from '@liandong/kernel';
import type { CaseNumber } from './case-number.ts';
import type { Role } from './role.ts';
import type {
  DocumentHash,
  Instant,
  Intake,
  Limits,
  Material,
  ProcedureGround,
  ResolvedRoute,
  Superiors,
} from './route.ts';

/** The acting capacity, from verified credentials. The author's tier stands in the envelope. */
export type By = {
  readonly role: Role;
  /** Absent for an applicant and for a tier's own follower. */
  readonly department?: string;
  readonly window?: string;
  readonly agentPoint?: string;
};

// Codes

/** GB/T 39046 A.4. */
export const applicantKinds = ['1', '2', '3', '4', '5', '6'] as const;
export type ApplicantKind = (typeof applicantKinds)[number];

/** 即辦件, 承諾件, 聯辦件. */
export const caseKinds = ['immediate', 'promised', 'joint'] as const;
export type CaseKind = (typeof caseKinds)[number];

/** 同意, 不同意, 轉報. */
export const stepResults = ['agree', 'refuse', 'forward'] as const;
export type StepResult = (typeof stepResults)[number];

/** 0 出證, 1 退回, 2 作廢, 3 刪除, 4 轉報, 5 補正不來, 6 辦結. */
export const closingResults = ['0', '1', '2', '3', '4', '5', '6'] as const;
export type ClosingResult = (typeof closingResults)[number];

/** What a lead may conclude with: a certificate, a refusal, or done without a certificate. */
export const conclusionResults = ['0', '1', '6'] as const;
export type ConclusionResult = (typeof conclusionResults)[number];

/** 行政複議, 行政訴訟. */
export const remedies = ['reconsideration', 'litigation'] as const;
export type Remedy = (typeof remedies)[number];

export const defects = ['missing', 'incomplete', 'illegible', 'wrongForm', 'inconsistent'] as const;
export type Defect = (typeof defects)[number];

/** 行政許可法 32 (1), (2) and 78. */
export const rejectionGrounds = ['noPermitNeeded', 'outsideCompetence', 'falseMaterials'] as const;
export type RejectionGround = (typeof rejectionGrounds)[number];

export const voidGrounds = ['enteredInError', 'duplicate', 'applicantCeased', 'mattersMoot'] as const;
export type VoidGround = (typeof voidGrounds)[number];

export const takeoverGrounds = ['inaction', 'conflictOfInterest', 'outage'] as const;
export type TakeoverGround = (typeof takeoverGrounds)[number];

/** GB/T 39046 A.5. */
export const channels = ['1', '2', '3', '4', '9'] as const;
export type Channel = (typeof channels)[number];

/** 變更, 延續, 撤銷, 註銷: a further case that follows a closed one. */
export const followUps = ['change', 'renewal', 'revocation', 'cancellation'] as const;
export type FollowUp = (typeof followUps)[number];

export const obligationKinds = ['reconsider', 'lateOpinion', 'reconcile'] as const;
export type ObligationKind = (typeof obligationKinds)[number];

/** The limits that run in a case. */
export const deadlineKinds = [
  'deemedAcceptance',
  'correctionLapse',
  'toleranceLapse',
  'promisedDecision',
  'statutoryDecision',
  'step',
  'procedure',
  'consultation',
  'delivery',
  'obligation',
] as const;
export type DeadlineKind = (typeof deadlineKinds)[number];

export const settlements = ['upheld', 'reopened'] as const;
export type Settlement = (typeof settlements)[number];

/** Why an act of the lead cannot wait: a limit of law, somebody's safety, harm that nothing makes good, an outage that lasts. */
export const overrideGrounds = [
  'statutoryLimit',
  'publicSafety',
  'irreparableHarm',
  'prolongedOutage',
] as const;
export type OverrideGround = (typeof overrideGrounds)[number];

export const acceptanceBases = ['complete', 'tolerated', 'deemed'] as const;

// Parts

export type ItemReference = {
  readonly code: string;
  readonly version: string;
  /** Hash of the item version, so the rules that applied stay provable. */
  readonly hash: string;
  readonly name: string;
  readonly agentable: boolean;
};

export type Supplied = { readonly material: string; readonly documents: readonly DocumentHash[] };

/** What is tolerated to be missing, until when, and the hash of the applicant's written promise. */
export type ToleranceTerms = {
  readonly materials: readonly string[];
  readonly days: number;
  readonly due: Instant;
  readonly promise: DocumentHash;
};

/** When the decision is due, promised and by law. Empty for an item without an administrative clock. */
export type DecisionDue = { readonly promised?: Instant; readonly statutory?: Instant };

// What each fact says. Names, reasons in words, notes and addresses are withheld as digests, never here.

type Said = { readonly by: By };

/** The lead acted while events of its own in the case were not anchored yet, and says so. */
export type BeforeAnchoring = { readonly ground: OverrideGround; readonly reasonsGiven: true };
type LeadSaid = Said & { readonly beforeAnchoring?: BeforeAnchoring };

export type Opened = Said & {
  readonly number: CaseNumber;
  readonly item: ItemReference;
  readonly kind: CaseKind;
  readonly intake: Intake;
  readonly lead: Mandate;
  readonly applicant: {
    readonly kind: ApplicantKind;
    /** Pseudonym of the applicant in this case: the `authid` of what the applicant does in person. */
    readonly reference: string;
    readonly creditworthy: boolean;
  };
  readonly route: ResolvedRoute;
  readonly materials: readonly Material[];
  readonly supplied: readonly Supplied[];
  readonly limits: Limits;
  readonly superiors: Superiors;
  readonly audience: readonly TierCode[];
  /** The correction notice must be given by then; later silence is acceptance. */
  readonly noticeDue: Instant;
  /** Hash of the written authorization an agent acts under. */
  readonly authorization?: DocumentHash;
  readonly follows?: { readonly case: StreamName; readonly relation: FollowUp };
  /** It was handled outside the system, and is entered afterwards. */
  readonly offline?: true;
  readonly pilot: boolean;
};
export type Filed = Said;
export type PreAccepted = Said;
export type CorrectionRequired = Said & {
  readonly demands: readonly { readonly material: string; readonly defect: Defect }[];
  readonly due: Instant;
};
export type MaterialSupplied = Said & {
  readonly supplied: readonly Supplied[];
  /** Before acceptance, if this completes the file: when silence becomes acceptance. */
  readonly noticeDue?: Instant;
};
export type Accepted = Said & {
  /** The instant the decision clock counts from: the receipt, if deemed. */
  readonly from: Instant;
  readonly decisionDue: DecisionDue;
} & (
    | { readonly basis: 'complete' | 'deemed' }
    | { readonly basis: 'tolerated'; readonly tolerance: ToleranceTerms }
  );
export type PreReviewOpened = Said & { readonly tolerance: ToleranceTerms };
export type Rejected = Said & {
  readonly ground: RejectionGround;
  readonly reasonsGiven: true;
  readonly remedies: readonly Remedy[];
};
export type StageOpened = LeadSaid & {
  readonly stage: string;
  readonly due: readonly { readonly step: string; readonly due: Instant }[];
};
type Answered = Said & {
  readonly step: string;
  /** The pass of the step that this answers; 1 unless an obligation or a transfer reopened it. */
  readonly round: number;
  readonly result: StepResult;
  readonly document: DocumentHash;
  readonly reasonsGiven: boolean;
  /** The remedies the refused person was told of. */
  readonly remedies: readonly Remedy[];
  /** The organ above to which a determination that is `forward` goes, and its limit there. */
  readonly to?: Mandate;
  readonly due?: Instant;
};
export type OpinionGiven = Answered;
export type Determined = Answered;
/** The answer to an `external` step, as its organ outside the network gave it. */
export type ExternalRecorded = Answered;
export type Inspected = Said & { readonly step: string; readonly document: DocumentHash };
export type Consulted = Said & {
  readonly step?: string;
  readonly asked: Mandate;
  /** Working days; earlier builds stated the end alone. */
  readonly days?: number;
  readonly due: Instant;
  readonly document?: DocumentHash;
};
export type ConsultationAnswered = Said & {
  /** The `consulted` fact this answers. */
  readonly consultation: EventHash;
  readonly document: DocumentHash;
};
export type ProcedureStarted = Said & {
  /** The step it suspends; the whole case if absent. */
  readonly step?: string;
  readonly ground: ProcedureGround;
  /** The time needed, of which the applicant is told in writing. */
  readonly days: number;
  readonly due: Instant;
  readonly notice: DocumentHash;
  readonly decisionDue: DecisionDue;
  readonly stepDue?: Instant;
};
export type ProcedureEnded = Said & {
  /** The `procedureStarted` fact this ends. */
  readonly procedure: EventHash;
  readonly document: DocumentHash;
};
/** Interested parties were heard (行政許可法 36, 47). */
export type Heard = Said & { readonly step?: string; readonly document: DocumentHash };
export type Extended = Said & {
  /** The step whose limit is extended; the case's if absent. */
  readonly step?: string;
  readonly days: number;
  readonly reasonsGiven: true;
  readonly decisionDue: DecisionDue;
  readonly stepDue?: Instant;
};
export type Concluded = LeadSaid & {
  readonly result: ConclusionResult;
  readonly document: DocumentHash;
  readonly deliveryDue: Instant;
  readonly reasonsGiven: boolean;
  readonly remedies: readonly Remedy[];
};
export type Delivered = Said & { readonly channel: Channel; readonly document: DocumentHash };
export type Withdrawn = Said & { readonly document?: DocumentHash };
export type Transferred = LeadSaid & {
  readonly to: Mandate;
  /** The upper tier's own clock. */
  readonly from: Instant;
  readonly decisionDue: DecisionDue;
  readonly due: readonly { readonly step: string; readonly due: Instant }[];
};
export type TakenOver = LeadSaid & { readonly ground: TakeoverGround };
export type Voided = Said & { readonly ground: VoidGround; readonly reasonsGiven: true };
export type ToleranceLapsed = Said & { readonly deliveryDue: Instant };
export type CorrectionLapsed = Said;
/** More tiers may see the case: each named with its superiors. The audience only grows. */
export type Shared = Said & { readonly tiers: readonly TierCode[] };
export type ObligationSettled = Said & {
  /** The fact that caused the obligation. */
  readonly cause: EventHash;
  readonly outcome: Settlement;
  readonly reasonsGiven: true;
  /** The new limit of what is reopened: the step, the correction or the promise. */
  readonly due?: Instant;
};
/** The lead was told of an obligation, and by when it must be settled. */
export type ObligationNoted = Said & {
  /** The fact that caused it. */
  readonly cause: EventHash;
  readonly days: number;
  readonly due: Instant;
};
/** One limit that ends elsewhere now, named by what it is and when it ended before. */
export type MovedDeadline = {
  readonly kind: DeadlineKind;
  readonly step?: string;
  /** The special procedure, the consultation, or the fact that caused the obligation. */
  readonly cause?: EventHash;
  readonly before: Instant;
  readonly due: Instant;
};
/** The calendar was corrected, and a tier says which of its limits that moved. Every other limit stands. */
export type DeadlinesMoved = Said & {
  /** What is counted by now: `city@version#sha256`. */
  readonly calendar: string;
  /** Why, as the correction of the calendar says it. */
  readonly reason: { readonly zh: string; readonly en: string };
  readonly moved: readonly MovedDeadline[];
};
export type RemedyNoted = Said & { readonly remedy: Remedy; readonly document: DocumentHash };

/** Every fact of a case by its name; the event type is `liandong.case.<name>.v1`. */
export type CaseFacts = {
  opened: Opened;
  filed: Filed;
  preAccepted: PreAccepted;
  correctionRequired: CorrectionRequired;
  materialSupplied: MaterialSupplied;
  accepted: Accepted;
  preReviewOpened: PreReviewOpened;
  rejected: Rejected;
  stageOpened: StageOpened;
  opinionGiven: OpinionGiven;
  determined: Determined;
  externalRecorded: ExternalRecorded;
  inspected: Inspected;
  consulted: Consulted;
  consultationAnswered: ConsultationAnswered;
  procedureStarted: ProcedureStarted;
  procedureEnded: ProcedureEnded;
  heard: Heard;
  extended: Extended;
  concluded: Concluded;
  delivered: Delivered;
  withdrawn: Withdrawn;
  transferred: Transferred;
  takenOver: TakenOver;
  voided: Voided;
  toleranceLapsed: ToleranceLapsed;
  correctionLapsed: CorrectionLapsed;
  shared: Shared;
  obligationSettled: ObligationSettled;
  obligationNoted: ObligationNoted;
  deadlinesMoved: DeadlinesMoved;
  remedyNoted: RemedyNoted;
};
export type CaseFactName = keyof CaseFacts;
export type CaseFactType = `liandong.case.${CaseFactName}.v1`;
export type CaseFactOf<Name extends CaseFactName> = Fact<`liandong.case.${Name}.v1`, CaseFacts[Name]>;
export type CaseFact = { [Name in CaseFactName]: CaseFactOf<Name> }[CaseFactName];

const named: { readonly [Name in CaseFactName]: Name } = {
  opened: 'opened',
  filed: 'filed',
  preAccepted: 'preAccepted',
  correctionRequired: 'correctionRequired',
  materialSupplied: 'materialSupplied',
  accepted: 'accepted',
  preReviewOpened: 'preReviewOpened',
  rejected: 'rejected',
  stageOpened: 'stageOpened',
  opinionGiven: 'opinionGiven',
  determined: 'determined',
  externalRecorded: 'externalRecorded',
  inspected: 'inspected',
  consulted: 'consulted',
  consultationAnswered: 'consultationAnswered',
  procedureStarted: 'procedureStarted',
  procedureEnded: 'procedureEnded',
  heard: 'heard',
  extended: 'extended',
  concluded: 'concluded',
  delivered: 'delivered',
  withdrawn: 'withdrawn',
  transferred: 'transferred',
  takenOver: 'takenOver',
  voided: 'voided',
  toleranceLapsed: 'toleranceLapsed',
  correctionLapsed: 'correctionLapsed',
  shared: 'shared',
  obligationSettled: 'obligationSettled',
  obligationNoted: 'obligationNoted',
  deadlinesMoved: 'deadlinesMoved',
  remedyNoted: 'remedyNoted',
};
export const caseFactNames: readonly CaseFactName[] = Object.values(named);

export const caseFactType = <Name extends CaseFactName>(name: Name): `liandong.case.${Name}.v1` =>
  `liandong.case.${name}.v1`;

const nameByType = new Map<string, CaseFactName>(caseFactNames.map((name) => [caseFactType(name), name]));

/** The fact a stored event type names, or `undefined` if this build does not know it. */
export const caseFactName = (type: string): CaseFactName | undefined => nameByType.get(type);
