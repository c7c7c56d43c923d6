import { type Mandate, ok } from '@liandong/kernel';
import { stepDues } from './clock.ts';
import type { OpenStage } from './commands.ts';
import type { CaseStatus } from './refusals.ts';
import type { ResolvedStage } from './route.ts';
import { type Door, type Made, made, no, overridden, own, type Rule, unless } from './rule.ts';
import type { Answer, Matter, StepState } from './state.ts';

/** The answer that counts: the one of the step's present round. */
export const currentAnswer = ({ answers, round }: StepState): Answer | undefined =>
  answers.findLast((answer) => answer.round === round);

export const stepsOf = (matter: Matter, { steps }: ResolvedStage): readonly StepState[] =>
  steps.flatMap(({ id }) => own(matter.steps, id) ?? []);

const answersIn = (matter: Matter, stage: ResolvedStage): readonly (Answer | undefined)[] =>
  stepsOf(matter, stage).map(currentAnswer);

/** One refusal was enough. */
export const refusalEnded = (matter: Matter, stage: ResolvedStage): boolean =>
  stage.endsOnRefusal && answersIn(matter, stage).some((answer) => answer?.result === 'refuse');

export const stageEnded = (matter: Matter, stage: ResolvedStage): boolean =>
  refusalEnded(matter, stage) || answersIn(matter, stage).every((answer) => answer !== undefined);

export const openedStages = ({ opening, stages }: Matter): readonly ResolvedStage[] =>
  opening.route.stages.filter(({ id }) => stages.includes(id));

export const nextStage = ({ opening, stages }: Matter): ResolvedStage | undefined =>
  opening.route.stages.find(({ id }) => !stages.includes(id));

export const stepStatuses = ['waiting', 'open', 'suspended', 'answered', 'passedOver'] as const;
export type StepStatus = (typeof stepStatuses)[number];

export const stepStatus = (matter: Matter, step: StepState): StepStatus => {
  if (currentAnswer(step)) return 'answered';
  const stage = openedStages(matter).find(({ id }) => id === step.stage);
  if (stage === undefined) return 'waiting';
  if (stageEnded(matter, stage)) return 'passedOver';
  return matter.procedures.some((procedure) => procedure.step === step.step.id) ? 'suspended' : 'open';
};

/** Where review may go on: accepted, or opened early on incomplete material. */
export const unlessReviewing = (matter: Matter, ...also: readonly CaseStatus[]) =>
  unless(matter, 'accepted', 'inReview', ...also, ...(matter.preReviewed ? (['preAccepted'] as const) : []));

export const openStage = (
  { stage, override }: OpenStage,
  matter: Matter,
  { by, at, legalDay }: Door,
): Made => {
  const steps = matter.opening.route.stages.find(({ id }) => id === stage)?.steps ?? [];
  const due = stepDues(legalDay, at, steps);
  const { stated, words } = overridden(override);
  return due.ok ? made('stageOpened', { by, stage, due: due.value, ...stated }, words) : due;
};

export const stageOpened: Rule<'stageOpened'> = (matter, { stage: named, due }, { at }) => {
  const wrong = unlessReviewing(matter);
  if (wrong) return wrong;
  const stage = matter.opening.route.stages.find(({ id }) => id === named);
  if (stage === undefined) return no({ code: 'stage-unknown', stage: named });
  const next = nextStage(matter);
  if (next !== stage) return no({ code: 'stage-not-next', stage: named, next: next?.id });
  for (const earlier of openedStages(matter)) {
    if (refusalEnded(matter, earlier)) return no({ code: 'review-ended-on-refusal', stage: earlier.id });
    if (!stageEnded(matter, earlier)) return no({ code: 'stage-still-open', stage: earlier.id });
  }
  const started = stepsOf(matter, stage).map((state): [string, StepState] => [
    state.step.id,
    { ...state, from: at, due: due.find(({ step }) => step === state.step.id)?.due },
  ]);
  return ok({
    ...matter,
    status: matter.status === 'preAccepted' ? 'preAccepted' : 'inReview',
    stages: [...matter.stages, stage.id],
    steps: { ...matter.steps, ...Object.fromEntries(started) },
  });
};

/** The step under the organ it went up to: a new round if the old organ had answered, a new limit either way. */
export const movedUp = (state: StepState, to: Mandate, from: string, due: string | undefined): StepState => ({
  ...state,
  organ: to,
  formerOrgans: [...state.formerOrgans, state.organ],
  round: currentAnswer(state) === undefined ? state.round : state.round + 1,
  ...(state.from !== undefined && { from, due }),
  added: 0,
  addedBefore: 0,
  extended: false,
});
