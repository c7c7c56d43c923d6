import { ok, sameMandate } from '@liandong/kernel';
import { stepDues } from './clock.ts';
import type { Determine, GiveOpinion, OpenStage, RecordExternal } from './commands.ts';
import type { CaseFacts } from './facts.ts';
import { missingForStep } from './materials.ts';
import type { CaseStatus } from './refusals.ts';
import type { ResolvedStage, StepKind } from './route.ts';
import { type Claim, type Door, type Made, made, no, own, type Rule, saysSomething, unless } from './rule.ts';
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

export const openStage = ({ stage }: OpenStage, matter: Matter, { by, at, legalDay }: Door): Made => {
  const steps = matter.opening.route.stages.find(({ id }) => id === stage)?.steps ?? [];
  const due = stepDues(legalDay, at, steps);
  return due.ok ? made('stageOpened', { by, stage, due: due.value }) : due;
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

// Answers

type AnswerName = 'opinionGiven' | 'determined' | 'externalRecorded';

const answerNames = {
  giveOpinion: 'opinionGiven',
  determine: 'determined',
  recordExternal: 'externalRecorded',
} as const;

export const answerStep = (
  { type, step, round, result, document, reasons, remedies }: GiveOpinion | Determine | RecordExternal,
  matter: Matter,
  { by }: Door,
): Made =>
  made(
    answerNames[type],
    {
      by,
      step,
      round: round ?? own(matter.steps, step)?.round ?? 1,
      result,
      document,
      reasonsGiven: saysSomething(reasons),
      remedies: remedies ?? [],
    },
    { reasons },
  );

/**
 * Steps answer while the whole case is suspended too: that stops the lead and the clock,
 * and an organ that is cut off could not know of it.
 */
const answered =
  (kind: StepKind): Rule<AnswerName> =>
  (matter, data, claim) => {
    const step = own(matter.steps, data.step);
    if (step === undefined) return no({ code: 'step-unknown', step: data.step });
    const refused =
      refuseKind(step, kind) ??
      refuseSecond(step, data) ??
      refuseOutOfPlace(matter, kind) ??
      refuseRound(matter, step, data, claim) ??
      refuseWords(kind, data) ??
      refuseGaps(matter, kind, data);
    if (refused) return refused;
    const answer: Answer = {
      round: data.round,
      result: data.result,
      by: { tier: claim.tier, department: data.by.department ?? step.organ.department },
      at: claim.at,
      hash: claim.hash,
      document: data.document,
    };
    const after = { ...step, answers: [...step.answers, answer] };
    return ok({ ...matter, steps: { ...matter.steps, [data.step]: after } });
  };

export const opinionGiven = answered('opinion');
/** The organ decides its own item. Nobody else's word counts for it, the lead's included. */
export const determined = answered('determination');
export const externalRecorded = answered('external');

const refuseKind = ({ step }: StepState, kind: StepKind) =>
  step.kind === kind ? undefined : no({ code: 'wrong-step-kind', step: step.id, kind: step.kind });

/** At most one answer counts in a round. */
const refuseSecond = ({ answers, step }: StepState, { round }: CaseFacts[AnswerName]) => {
  const first = answers.find((answer) => answer.round === round);
  return first && no({ code: 'step-answered', step: step.id, round, result: first.result });
};

const refuseOutOfPlace = (matter: Matter, kind: StepKind) =>
  kind === 'opinion'
    ? unlessReviewing(matter, 'suspended')
    : unless(matter, 'accepted', 'inReview', 'suspended');

const refuseRound = (
  matter: Matter,
  state: StepState,
  { round, by }: CaseFacts[AnswerName],
  { tier }: Claim,
) => {
  const step = state.step.id;
  if (round > state.round || round < 1)
    return no({ code: 'round-unknown', step, round, current: state.round });
  if (round < state.round) return no({ code: 'step-passed-over', step });
  const author = { tier, department: by.department ?? '' };
  if (!sameMandate(author, state.organ) && state.formerOrgans.some((former) => sameMandate(author, former)))
    return no({ code: 'step-moved', step, organ: state.organ });
  const place = stepStatus(matter, state);
  switch (place) {
    case 'open':
      return undefined;
    case 'waiting':
      return no({ code: 'step-not-open', step });
    case 'suspended':
      return no({ code: 'step-suspended', step });
    case 'answered':
    case 'passedOver':
      return no({ code: 'step-passed-over', step });
  }
};

/** Who refuses says why; who refuses by a decision says where to turn (行政許可法 38). */
const refuseWords = (kind: StepKind, { result, reasonsGiven, remedies }: CaseFacts[AnswerName]) => {
  if (result !== 'refuse') return undefined;
  if (!reasonsGiven) return no({ code: 'reasons-missing' });
  return kind === 'determination' && remedies.length === 0 ? no({ code: 'remedies-missing' }) : undefined;
};

/** No approval issues while material it needs is missing, tolerated or not. */
const refuseGaps = (matter: Matter, kind: StepKind, { result, step }: CaseFacts[AnswerName]) => {
  if (kind !== 'determination' || result !== 'agree') return undefined;
  const materials = missingForStep(matter, step);
  return materials.length > 0 ? no({ code: 'material-missing', materials }) : undefined;
};
