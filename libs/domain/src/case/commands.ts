import type { EventHash, Mandate, Personal, Result, TierCode } from '@liandong/kernel';
import type {
  Channel,
  ConclusionResult,
  DeadlinesMoved,
  Defect,
  Opened,
  OverrideGround,
  RejectionGround,
  Remedy,
  Settlement,
  StepResult,
  Supplied,
  TakeoverGround,
  VoidGround,
} from './facts.ts';
import type { Role } from './role.ts';
import type { DocumentHash, Instant, ProcedureGround } from './route.ts';

/** The authenticated person or follower of a tier. */
export type Actor = {
  readonly tier: TierCode;
  readonly department?: string;
  readonly roles: readonly Role[];
  /** The pseudonym in this case; for the applicant in person, `applicant.reference` of the opening. */
  readonly authid: string;
  readonly window?: string;
  readonly agentPoint?: string;
};

/**
 * The end of the nth working day after an instant, the day itself excluded. Comes from
 * the calendar in force; its answer is written into the fact, so no fold needs a calendar.
 */
export type LegalDay = (
  from: Instant,
  days: number,
) => Result<Instant, { readonly code: 'calendar-year-missing'; readonly year: number }>;

/** A command with who gives it, when, and the calendar it is judged by. */
export type CaseRequest = {
  readonly command: CaseCommand;
  readonly by: Actor;
  readonly at: Instant;
  readonly legalDay: LegalDay;
};

/** Words that must not stand in event bytes; each becomes a salted digest. */
type Worded = { readonly note?: string };
type Reasoned = { readonly reasons: string };

/** Why this act may come before what it builds on is anchored; the reasons become a salted digest. */
export type Override = Reasoned & { readonly ground: OverrideGround };
type Overriding = { readonly override?: Override };

/** What is known of the applicant by name; kept apart from the event. */
export type ApplicantDetails = {
  readonly applicantName?: string;
  readonly applicantIdentity?: string;
  readonly applicantPhone?: string;
  readonly applicantAddress?: string;
  readonly agentName?: string;
  /** What is applied for, in the applicant's words: the project, the plot. */
  readonly matter?: string;
};

/** Opens a case. Route, limits and superiors are resolved from the item version in force. */
export type Open = { readonly type: 'open' } & Omit<Opened, 'by' | 'audience' | 'noticeDue'> & {
    readonly details?: ApplicantDetails;
  };
/** Registers what the lead has received and has nothing else to say about. */
export type FileFacts = { readonly type: 'file' };
export type PreAccept = { readonly type: 'preAccept' };
export type RequireCorrection = Worded & {
  readonly type: 'requireCorrection';
  readonly demands: readonly { readonly material: string; readonly defect: Defect }[];
};
export type SupplyMaterial = { readonly type: 'supplyMaterial'; readonly supplied: readonly Supplied[] };
export type Accept = { readonly type: 'accept' };

type Tolerate = {
  /** Everything that is missing, named. */
  readonly materials: readonly string[];
  readonly days: number;
  /** The written promise. */
  readonly promise: DocumentHash;
};
/** 容缺受理. */
export type AcceptTolerating = Tolerate & { readonly type: 'acceptTolerating' };
/** 容缺預審. */
export type OpenPreReview = Tolerate & { readonly type: 'openPreReview' };
/** Follower: the notice period passed in silence. */
export type RecordDeemedAcceptance = { readonly type: 'recordDeemedAcceptance' };
/** 不予受理. */
export type Reject = Reasoned & {
  readonly type: 'reject';
  readonly ground: RejectionGround;
  readonly remedies: readonly Remedy[];
};

export type OpenStage = Overriding & { readonly type: 'openStage'; readonly stage: string };
type AnswerStep = {
  readonly step: string;
  /** The round the actor saw; the current one if absent. */
  readonly round?: number;
  readonly result: StepResult;
  readonly document: DocumentHash;
  /** Mandatory if the result is `refuse`. */
  readonly reasons?: string;
  /** Mandatory for a determination that refuses. */
  readonly remedies?: readonly Remedy[];
  /** Where a determination goes that is `forward`. Not needed by the lead, which passes the whole case up. */
  readonly to?: Mandate;
};
export type GiveOpinion = AnswerStep & { readonly type: 'giveOpinion' };
export type Determine = AnswerStep & { readonly type: 'determine' };
export type RecordExternal = AnswerStep & { readonly type: 'recordExternal' };
export type RecordInspection = Worded & {
  readonly type: 'recordInspection';
  readonly step: string;
  readonly document: DocumentHash;
};
export type Consult = {
  readonly type: 'consult';
  readonly step?: string;
  readonly asked: Mandate;
  readonly days: number;
  readonly document?: DocumentHash;
  readonly question?: string;
};
export type AnswerConsultation = Worded & {
  readonly type: 'answerConsultation';
  readonly consultation: EventHash;
  readonly document: DocumentHash;
};

export type StartProcedure = Worded & {
  readonly type: 'startProcedure';
  readonly step?: string;
  readonly ground: ProcedureGround;
  readonly days: number;
  /** The written notice that tells the applicant the time needed. */
  readonly notice: DocumentHash;
};
export type EndProcedure = Worded & {
  readonly type: 'endProcedure';
  readonly procedure: EventHash;
  readonly document: DocumentHash;
};
export type RecordHearing = Worded & {
  readonly type: 'recordHearing';
  readonly step?: string;
  readonly document: DocumentHash;
};
export type Extend = Reasoned & {
  readonly type: 'extend';
  readonly step?: string;
  readonly days: number;
};

export type Conclude = Overriding & {
  readonly type: 'conclude';
  readonly result: ConclusionResult;
  readonly document: DocumentHash;
  /** Mandatory if the result is `1` (退回), as are remedies. */
  readonly reasons?: string;
  readonly remedies?: readonly Remedy[];
};
export type Deliver = Worded & {
  readonly type: 'deliver';
  readonly channel: Channel;
  readonly document: DocumentHash;
};
export type Withdraw = {
  readonly type: 'withdraw';
  readonly document?: DocumentHash;
  readonly reasons?: string;
};
/** 轉報: up to the department of a superior tier, which leads from then on. */
export type TransferUp = Overriding & {
  readonly type: 'transferUp';
  readonly to: Mandate;
  readonly reasons?: string;
};
export type TakeOver = Overriding & {
  readonly type: 'takeOver';
  readonly ground: TakeoverGround;
  readonly reasons?: string;
};
export type Void = Reasoned & { readonly type: 'void'; readonly ground: VoidGround };
/** Follower: what was promised did not come. */
export type RecordToleranceLapse = { readonly type: 'recordToleranceLapse' };
/** Follower: what the correction notice demands did not come (補正不來). */
export type RecordCorrectionLapse = { readonly type: 'recordCorrectionLapse' };
export type Share = { readonly type: 'share'; readonly tiers: readonly TierCode[] };
export type SettleObligation = Reasoned & {
  readonly type: 'settleObligation';
  readonly cause: EventHash;
  readonly outcome: Settlement;
};
/** What the lead's follower says of an obligation that came to light. */
export type NoteObligation = { readonly type: 'noteObligation'; readonly cause: EventHash };
/** What a tier's follower says once the calendar was corrected. */
export type MoveDeadlines = { readonly type: 'moveDeadlines' } & Pick<DeadlinesMoved, 'calendar' | 'reason'>;
export type NoteRemedy = Worded & {
  readonly type: 'noteRemedy';
  readonly remedy: Remedy;
  readonly document: DocumentHash;
};

export type CaseCommand =
  | Open
  | FileFacts
  | PreAccept
  | RequireCorrection
  | SupplyMaterial
  | Accept
  | AcceptTolerating
  | OpenPreReview
  | RecordDeemedAcceptance
  | Reject
  | OpenStage
  | GiveOpinion
  | Determine
  | RecordExternal
  | RecordInspection
  | Consult
  | AnswerConsultation
  | StartProcedure
  | EndProcedure
  | RecordHearing
  | Extend
  | Conclude
  | Deliver
  | Withdraw
  | TransferUp
  | TakeOver
  | Void
  | RecordToleranceLapse
  | RecordCorrectionLapse
  | Share
  | SettleObligation
  | NoteObligation
  | MoveDeadlines
  | NoteRemedy;
export type CaseCommandName = CaseCommand['type'];

/**
 * What opens, moves or ends the review in the lead's name. It waits until the acting tier's own
 * events of the case are anchored, unless it carries an override. Filing decides nothing and waits
 * for nobody.
 */
export type LeadAct = OpenStage | Conclude | TransferUp | TakeOver;

export const isLeadAct = <Command extends { readonly type: string }>(
  command: Command,
): command is Extract<Command, LeadAct> => {
  const acts: readonly string[] = [
    'openStage',
    'conclude',
    'transferUp',
    'takeOver',
  ] satisfies LeadAct['type'][];
  return acts.includes(command.type);
};

const named: { readonly [Name in CaseCommandName]: Name } = {
  open: 'open',
  file: 'file',
  preAccept: 'preAccept',
  requireCorrection: 'requireCorrection',
  supplyMaterial: 'supplyMaterial',
  accept: 'accept',
  acceptTolerating: 'acceptTolerating',
  openPreReview: 'openPreReview',
  recordDeemedAcceptance: 'recordDeemedAcceptance',
  reject: 'reject',
  openStage: 'openStage',
  giveOpinion: 'giveOpinion',
  determine: 'determine',
  recordExternal: 'recordExternal',
  recordInspection: 'recordInspection',
  consult: 'consult',
  answerConsultation: 'answerConsultation',
  startProcedure: 'startProcedure',
  endProcedure: 'endProcedure',
  recordHearing: 'recordHearing',
  extend: 'extend',
  conclude: 'conclude',
  deliver: 'deliver',
  withdraw: 'withdraw',
  transferUp: 'transferUp',
  takeOver: 'takeOver',
  void: 'void',
  recordToleranceLapse: 'recordToleranceLapse',
  recordCorrectionLapse: 'recordCorrectionLapse',
  share: 'share',
  settleObligation: 'settleObligation',
  noteObligation: 'noteObligation',
  moveDeadlines: 'moveDeadlines',
  noteRemedy: 'noteRemedy',
};
export const caseCommandNames: readonly CaseCommandName[] = Object.values(named);

/** The words of a command as personal fields, without those that were not given. */
export const worded = (
  words: Readonly<Record<string, string | undefined>>,
): { readonly personal?: Readonly<Record<string, Personal>> } => {
  const given = Object.entries(words).flatMap(([name, value]) =>
    value === undefined || value.trim() === '' ? [] : [[name, value] as const],
  );
  return given.length === 0 ? {} : { personal: Object.fromEntries(given) };
};
