import { type Mandate, ok, sameMandate } from '@liandong/kernel';
import type { Determine, GiveOpinion, RecordExternal } from './commands.ts';
import type { CaseFacts } from './facts.ts';
import { missingForStep } from './materials.ts';
import { movedUp, stepStatus, unlessReviewing } from './review.ts';
import type { StepKind } from './route.ts';
import { type Claim, type Door, type Made, made, no, own, type Rule, saysSomething, unless } from './rule.ts';
import type { Answer, Matter, StepState } from './state.ts';

type AnswerName = 'opinionGiven' | 'determined' | 'externalRecorded';

const answerNames = {
  giveOpinion: 'opinionGiven',
  determine: 'determined',
  recordExternal: 'externalRecorded',
} as const;

export const answerStep = (
  {
    type,
    step,
    round,
    result,
    document,
    reasons,
    remedies = [],
    to,
  }: GiveOpinion | Determine | RecordExternal,
  matter: Matter,
  { by, at, legalDay }: Door,
): Made => {
  const state = own(matter.steps, step);
  const said = { by, step, round: round ?? state?.round ?? 1, result, document, remedies };
  const data = { ...said, reasonsGiven: saysSomething(reasons) };
  if (to === undefined || state === undefined) return made(answerNames[type], data, { reasons });
  const due = legalDay(at, state.step.days);
  return due.ok ? made(answerNames[type], { ...data, to, due: due.value }, { reasons }) : due;
};

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
      refuseForward(matter, step, data, claim) ??
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
    const next = goesUp(step, data) ? movedUp(after, data.to, claim.at, data.due) : after;
    return ok({ ...matter, steps: { ...matter.steps, [data.step]: next } });
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

type Forwarded = CaseFacts[AnswerName] & { readonly to: Mandate };

/** 轉報 of one determination: the organ above decides the item, in a new round. */
const goesUp = ({ step }: StepState, data: CaseFacts[AnswerName]): data is Forwarded =>
  step.kind === 'determination' && data.result === 'forward' && data.to !== undefined;

/** An item goes to an organ above its own; only the lead may wait for the whole case to go up. */
const refuseForward = (
  { opening }: Matter,
  state: StepState,
  data: CaseFacts[AnswerName],
  { leadThen }: Claim,
) => {
  if (state.step.kind !== 'determination' || data.result !== 'forward') return undefined;
  if (!goesUp(state, data)) {
    const leads = leadThen !== undefined && sameMandate(state.organ, leadThen);
    return leads ? undefined : no({ code: 'recipient-missing', step: data.step });
  }
  return own(opening.superiors, state.organ.tier)?.includes(data.to.tier)
    ? undefined
    : no({ code: 'not-superior', tier: data.to.tier });
};
