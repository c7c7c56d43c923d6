import { canonicalJson, type Decider, type Draft, ok, refuse, type Result } from '@liandong/kernel';
import type {
  AssessmentActor,
  AssessmentFactOf,
  ScoreAppealGround,
  ScoreCorrectionReason,
  ScoreFact,
} from './facts.ts';
import type { Subject } from './indicators.ts';
import { periodNamed } from './period.ts';
import type { Score } from './score.ts';

// Commands

type By = { readonly by: AssessmentActor };
/** Says what the events of a period make of a subject. */
export type PublishScore = By & {
  readonly type: 'publishScore';
  readonly period: string;
  readonly subject: Subject;
  readonly scheme: string;
  readonly score: Score;
  readonly at: string;
};
export type AppealScore = By & {
  readonly type: 'appealScore';
  readonly ground: ScoreAppealGround;
  readonly document: string;
  readonly reasons: string;
};
export type UpholdScore = By & {
  readonly type: 'upholdScore';
  readonly document: string;
  readonly reasons: string;
};
/** `score` is what the events make of the subject now. */
export type CorrectScore = By & { readonly type: 'correctScore'; readonly score: Score };
export type ScoreCommand = PublishScore | AppealScore | UpholdScore | CorrectScore;

// Refusals

export type AssessmentRefusal =
  | { readonly code: 'assessment-wrong-role' }
  | { readonly code: 'assessment-not-published' }
  | { readonly code: 'assessment-already-published' }
  | { readonly code: 'assessment-period-wrong'; readonly period: string }
  | { readonly code: 'assessment-period-open'; readonly until: string }
  | { readonly code: 'assessment-not-of-unit' }
  | { readonly code: 'assessment-judge-in-own-cause' }
  | { readonly code: 'assessment-already-appealed' }
  | { readonly code: 'assessment-not-appealed' }
  | { readonly code: 'assessment-reasons-missing' }
  | { readonly code: 'assessment-unchanged' };

// State

export type Assessment = {
  readonly period: string;
  readonly subject: Subject;
  readonly scheme: string;
  /** What was published first, and every correction, the last of which stands. */
  readonly scores: readonly Score[];
  readonly reasons: readonly ScoreCorrectionReason[];
  readonly appeal: 'none' | 'open' | 'upheld' | 'granted';
};
export type AssessmentState = Assessment | undefined;

export const standingScore = ({ scores }: Assessment): Score => scores.at(-1) ?? { tenths: 0, lines: [] };

// Decide

type Decision = Result<readonly Draft<ScoreFact>[], AssessmentRefusal>;

const decide = (command: ScoreCommand, state: AssessmentState): Decision => {
  if (command.type === 'publishScore') return publish(command, state);
  if (state === undefined) return refuse({ code: 'assessment-not-published' });
  switch (command.type) {
    case 'appealScore':
      return appeal(command, state);
    case 'upholdScore':
      return uphold(command, state);
    case 'correctScore':
      return correct(command, state);
  }
};

const publish = (command: PublishScore, state: AssessmentState): Decision => {
  const { by, period, subject, scheme, score, at } = command;
  if (by.role !== 'supervisor') return refuse({ code: 'assessment-wrong-role' });
  if (state !== undefined) return refuse({ code: 'assessment-already-published' });
  const named = periodNamed(period);
  if (named === undefined) return refuse({ code: 'assessment-period-wrong', period });
  if (at < named.until) return refuse({ code: 'assessment-period-open', until: named.until });
  const data = { by, period, subject, scheme, score };
  return ok([{ type: 'liandong.assessment.published.v1', data }]);
};

const appeal = ({ by, ground, document, reasons }: AppealScore, state: Assessment): Decision => {
  if (by.role !== 'unit') return refuse({ code: 'assessment-wrong-role' });
  if (!isOf(by, state.subject)) return refuse({ code: 'assessment-not-of-unit' });
  if (state.appeal !== 'none') return refuse({ code: 'assessment-already-appealed' });
  if (reasons.trim() === '') return refuse({ code: 'assessment-reasons-missing' });
  const data = { by, ground, document };
  return ok([{ type: 'liandong.assessment.appealed.v1', data, personal: { reasons } }]);
};

const uphold = ({ by, document, reasons }: UpholdScore, state: Assessment): Decision => {
  const refusal = unlessJudge(by, state);
  if (refusal !== undefined) return refuse(refusal);
  if (state.appeal !== 'open') return refuse({ code: 'assessment-not-appealed' });
  if (reasons.trim() === '') return refuse({ code: 'assessment-reasons-missing' });
  const data = { by, document, reasonsGiven: true } as const;
  return ok([{ type: 'liandong.assessment.upheld.v1', data, personal: { reasons } }]);
};

/** Only other events make another score: nobody can talk it up or down. */
const correct = ({ by, score }: CorrectScore, state: Assessment): Decision => {
  const refusal = unlessJudge(by, state);
  if (refusal !== undefined) return refuse(refusal);
  if (canonicalJson(score) === canonicalJson(standingScore(state)))
    return refuse({ code: 'assessment-unchanged' });
  const reason = state.appeal === 'open' ? 'appeal' : 'laterEvents';
  const corrected: AssessmentFactOf<'corrected'> = {
    type: 'liandong.assessment.corrected.v1',
    data: { by, reason, score },
  };
  return ok([corrected]);
};

const isOf = (by: AssessmentActor, subject: Subject): boolean =>
  by.tier === subject.tier && (subject.kind === 'tier' || by.department === subject.department);

/** A supervisor, but not one of the very department that is scored. */
const unlessJudge = (by: AssessmentActor, { subject }: Assessment): AssessmentRefusal | undefined => {
  if (by.role !== 'supervisor') return { code: 'assessment-wrong-role' };
  return subject.kind !== 'tier' && isOf(by, subject) ? { code: 'assessment-judge-in-own-cause' } : undefined;
};

// Evolve

const evolve = (state: AssessmentState, { type, data }: ScoreFact): AssessmentState => {
  if (type === 'liandong.assessment.published.v1') {
    const { period, subject, scheme, score } = data;
    return state ?? { period, subject, scheme, scores: [score], reasons: [], appeal: 'none' };
  }
  if (state === undefined) return undefined;
  switch (type) {
    case 'liandong.assessment.appealed.v1':
      return { ...state, appeal: 'open' };
    case 'liandong.assessment.upheld.v1':
      return { ...state, appeal: 'upheld' };
    case 'liandong.assessment.corrected.v1':
      return {
        ...state,
        scores: [...state.scores, data.score],
        reasons: [...state.reasons, data.reason],
        appeal: data.reason === 'appeal' ? 'granted' : state.appeal,
      };
  }
};

export const assessmentDecider: Decider<
  ScoreCommand,
  ScoreFact,
  AssessmentState,
  AssessmentRefusal,
  Draft<ScoreFact>
> = { initial: undefined, decide, evolve };
