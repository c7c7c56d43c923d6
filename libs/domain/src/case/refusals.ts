import type { EventHash, Mandate, TierCode } from '@liandong/kernel';
import type { CaseNumberRefusal } from './case-number.ts';
import type { CaseFactName, StepResult } from './facts.ts';
import type { Entitlement } from './roles.ts';
import type { Extension, Instant, ProcedureGround, StepKind } from './route.ts';

/** Where a case stands. `suspended` shows over `accepted` and `inReview` while a special procedure of the whole case runs. */
export const caseStatuses = [
  'draft',
  'preAccepted',
  'accepted',
  'rejected',
  'inReview',
  'suspended',
  'concluded',
  'closed',
  'withdrawn',
  'void',
] as const;
export type CaseStatus = (typeof caseStatuses)[number];

/** Why a command was refused at the door, or a fact stays without effect. */
export type CaseRefusal =
  // Who
  | {
      readonly code: 'not-entitled';
      readonly fact: CaseFactName;
      readonly entitled: readonly Entitlement[];
    }
  | { readonly code: 'role-missing' }
  | { readonly code: 'superseded' }
  | { readonly code: 'tier-outside-case'; readonly tiers: readonly TierCode[] }
  | { readonly code: 'not-superior'; readonly tier: TierCode }
  | { readonly code: 'authorization-missing' }
  | { readonly code: 'item-not-agentable'; readonly item: string }
  // When
  | { readonly code: 'case-not-opened' }
  | { readonly code: 'case-already-opened' }
  | { readonly code: 'wrong-status'; readonly found: CaseStatus; readonly allowed: readonly CaseStatus[] }
  | { readonly code: 'case-ended'; readonly found: CaseStatus }
  | { readonly code: 'already-decided'; readonly found: CaseStatus }
  | { readonly code: 'deadline-not-passed'; readonly due: Instant }
  | { readonly code: 'deadline-passed'; readonly due: Instant }
  | { readonly code: 'no-deadline' }
  | { readonly code: 'calendar-year-missing'; readonly year: number }
  // What is said
  | { readonly code: 'route-invalid'; readonly problem: RouteProblem; readonly id: string }
  | CaseNumberRefusal
  | { readonly code: 'reasons-missing' }
  | { readonly code: 'remedies-missing' }
  // Material
  | { readonly code: 'material-unknown'; readonly materials: readonly string[] }
  | { readonly code: 'material-missing'; readonly materials: readonly string[] }
  | { readonly code: 'material-already-supplied'; readonly materials: readonly string[] }
  | { readonly code: 'material-not-tolerable'; readonly materials: readonly string[] }
  | { readonly code: 'nothing-missing' }
  | { readonly code: 'nothing-supplied' }
  // Tolerance
  | { readonly code: 'tolerance-incomplete'; readonly materials: readonly string[] }
  | { readonly code: 'tolerance-too-long'; readonly days: number; readonly limit: number }
  | { readonly code: 'applicant-in-bad-credit' }
  | { readonly code: 'pre-review-already-open' }
  // Correction
  | { readonly code: 'correction-empty' }
  | { readonly code: 'correction-incomplete'; readonly materials: readonly string[] }
  | { readonly code: 'correction-new-demands'; readonly materials: readonly string[] }
  | { readonly code: 'correction-differs'; readonly unmet: readonly string[] }
  | { readonly code: 'correction-met' }
  // Review
  | { readonly code: 'stage-unknown'; readonly stage: string }
  | { readonly code: 'stage-not-next'; readonly stage: string; readonly next: string | undefined }
  | { readonly code: 'stage-not-opened'; readonly stage: string }
  | { readonly code: 'stage-still-open'; readonly stage: string }
  | { readonly code: 'review-ended-on-refusal'; readonly stage: string }
  | { readonly code: 'step-unknown'; readonly step: string }
  | { readonly code: 'step-not-open'; readonly step: string }
  | {
      readonly code: 'step-answered';
      readonly step: string;
      readonly round: number;
      readonly result: StepResult;
    }
  | { readonly code: 'step-passed-over'; readonly step: string }
  | { readonly code: 'step-moved'; readonly step: string; readonly organ: Mandate }
  | { readonly code: 'step-suspended'; readonly step: string }
  | {
      readonly code: 'round-unknown';
      readonly step: string;
      readonly round: number;
      readonly current: number;
    }
  | { readonly code: 'wrong-step-kind'; readonly step: string; readonly kind: StepKind }
  | { readonly code: 'recipient-missing'; readonly step: string }
  | { readonly code: 'consultation-unknown'; readonly consultation: EventHash }
  // Course
  | { readonly code: 'procedure-not-allowed'; readonly ground: ProcedureGround }
  | { readonly code: 'procedure-unknown'; readonly procedure: EventHash }
  | { readonly code: 'procedure-running' }
  | { readonly code: 'extension-not-provided' }
  | { readonly code: 'extension-too-long'; readonly days: number; readonly limit: number }
  | { readonly code: 'already-extended' }
  | { readonly code: 'wrong-authority'; readonly authority: Extension['authority'] }
  // Ending
  | { readonly code: 'determinations-disagree'; readonly steps: readonly string[] }
  | { readonly code: 'nothing-refused' }
  | { readonly code: 'obligations-open'; readonly causes: readonly EventHash[] }
  | { readonly code: 'obligation-unknown'; readonly cause: EventHash }
  | { readonly code: 'obligation-noted'; readonly cause: EventHash }
  | { readonly code: 'nothing-moved' }
  | { readonly code: 'cannot-reopen'; readonly found: CaseStatus }
  | { readonly code: 'already-shared' };

export type RouteProblem =
  | 'stage-twice'
  | 'step-twice'
  | 'stage-without-steps'
  | 'material-twice'
  | 'material-for-unknown-step'
  | 'limit-out-of-range'
  | 'promised-beyond-statutory';
