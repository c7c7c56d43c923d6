import type { Mandate, TierCode } from '@liandong/kernel';

/** SHA-256 of a document, 64 lower-case hex digits. The document itself never enters an event. */
export type DocumentHash = string;

/** An instant as events write it (RFC 3339, UTC, milliseconds): text order is time order. */
export type Instant = string;

/** `opinion`: input to the lead. `determination`: the organ decides its own item. `external`: decided above the network, recorded here. */
export const stepKinds = ['opinion', 'determination', 'external'] as const;
export type StepKind = (typeof stepKinds)[number];

/** Legal grounds of a special procedure (行政許可法 45). */
export const procedureGrounds = [
  'hearing',
  'tender',
  'auction',
  'inspection',
  'testing',
  'quarantine',
  'appraisal',
  'expertReview',
] as const;
export type ProcedureGround = (typeof procedureGrounds)[number];

/** Who may extend a limit once: the head of the deciding organ, or of its tier's government. */
export type Extension = { readonly days: number; readonly authority: 'organHead' | 'governmentHead' };

/** One organ's part of a stage, with the organ found for this case. */
export type ResolvedStep = {
  readonly id: string;
  readonly name: string;
  readonly kind: StepKind;
  /** The organ that answers; for an `external` step, the organ that records the answer. */
  readonly tier: TierCode;
  readonly department: string;
  /** The item a determination decides. */
  readonly itemCode?: string;
  /** The organ outside the network that decides an `external` step. */
  readonly externalOrgan?: string;
  /** Working days this step may take; 0 only for an `external` step, which no clock here runs for. */
  readonly days: number;
  readonly procedures: readonly ProcedureGround[];
  readonly extension?: Extension;
};

/** Steps that run in parallel. */
export type ResolvedStage = {
  readonly id: string;
  readonly name: string;
  /** One refusal ends the stage, and with it the review. */
  readonly endsOnRefusal: boolean;
  readonly steps: readonly ResolvedStep[];
};

/** The item's route with every level and department role turned into the organ of this case. */
export type ResolvedRoute = { readonly stages: readonly ResolvedStage[] };

export type Material = {
  readonly code: string;
  readonly name: string;
  readonly required: boolean;
  /** May be missing for a while under a written promise (容缺). */
  readonly tolerable: boolean;
  /** Ids of the determination steps that need it; all of them if absent. */
  readonly neededBy?: readonly string[];
};

/** Working days. An item without an administrative clock names neither decision limit. */
export type Limits = {
  readonly statutoryDays?: number;
  readonly promisedDays?: number;
  /** For the one correction notice; after it, silence is acceptance. */
  readonly noticeDays: number;
  /** For the applicant to answer a correction notice. */
  readonly correctionDays: number;
  readonly deliveryDays: number;
  readonly extension?: Extension;
};

/** For every tier of the case, its superiors, nearest first. */
export type Superiors = Readonly<Record<TierCode, readonly TierCode[]>>;

/** The counter that took the application in. */
export type Intake = Mandate & { readonly window?: string; readonly agentPoint?: string };
