import {
  canonicalJson,
  type Fact,
  ownStream,
  type Sha256,
  type StreamName,
  type TierCode,
  toHex,
  utf8,
} from '@liandong/kernel';
import type { Subject } from './indicators.ts';
import type { Scheme } from './scheme.ts';
import type { Score } from './score.ts';

/** The scored unit, or who supervises it. */
export const assessmentRoles = ['unit', 'supervisor'] as const;
export type AssessmentRole = (typeof assessmentRoles)[number];
export type AssessmentActor = {
  readonly tier: TierCode;
  readonly department?: string;
  readonly role: AssessmentRole;
};

export const scoreAppealGrounds = ['factWrong', 'notOurs', 'cardWithdrawn', 'forceMajeure'] as const;
export type ScoreAppealGround = (typeof scoreAppealGrounds)[number];

/** Why a published score is followed by another. The events since are always counted; nothing else can change it. */
export const scoreCorrectionReasons = ['appeal', 'laterEvents'] as const;
export type ScoreCorrectionReason = (typeof scoreCorrectionReasons)[number];

type By = { readonly by: AssessmentActor };

export type AssessmentFacts = {
  /** The scheme stands whole in the event, so that nothing else is needed to score by it again. */
  schemeAdopted: By & { readonly scheme: Scheme; readonly pin: string; readonly effectiveFrom: string };
  published: By & {
    readonly period: string;
    readonly subject: Subject;
    readonly scheme: string;
    readonly score: Score;
  };
  appealed: By & { readonly ground: ScoreAppealGround; readonly document: string };
  upheld: By & { readonly document: string; readonly reasonsGiven: true };
  /** Added, never changed: what was published before stays on record. */
  corrected: By & { readonly reason: ScoreCorrectionReason; readonly score: Score };
};
export type AssessmentFactName = keyof AssessmentFacts;
export type AssessmentFactOf<Name extends AssessmentFactName> = Fact<
  `liandong.assessment.${Name}.v1`,
  AssessmentFacts[Name]
>;
export type AssessmentFact = { [Name in AssessmentFactName]: AssessmentFactOf<Name> }[AssessmentFactName];
export type SchemeAdopted = AssessmentFactOf<'schemeAdopted'>;
export type ScoreFact = Exclude<AssessmentFact, SchemeAdopted>;

/** By what a tier scores, one adoption after another. */
export const schemeStream = (tier: TierCode): StreamName => ownStream('assessment', tier, 'scheme');

/** What a tier says of one subject in one period. */
export const scoreStream = (sha256: Sha256, tier: TierCode, period: string, subject: Subject): StreamName =>
  ownStream('assessment', tier, `${period}.${toHex(sha256(utf8(canonicalJson(subject)))).slice(0, 32)}`);
