import { type Mandate, ok, sameMandate } from '@liandong/kernel';
import { decisionDueFrom, startedClock, stepDues } from './clock.ts';
import type { TakeOver, TransferUp } from './commands.ts';
import type { CaseFact } from './facts.ts';
import { currentAnswer, movedUp } from './review.ts';
import { type Claim, type Door, type Made, made, no, overridden, own, type Rule, unless } from './rule.ts';
import type { Matter, StepState } from './state.ts';

/** The lead's own steps go up with it, unanswered or answered 轉報. Other organs keep theirs. */
const movesUp = ({ lead }: Matter, state: StepState): boolean => {
  const answer = currentAnswer(state);
  const undecided =
    answer === undefined || (answer.result === 'forward' && state.step.kind === 'determination');
  return undecided && sameMandate(state.organ, lead);
};

export const transferUp = (
  { to, reasons, override }: TransferUp,
  matter: Matter,
  { by, at, legalDay }: Door,
): Made => {
  const { limits } = matter.opening;
  const decisionDue = matter.clock === undefined ? ok({}) : decisionDueFrom(legalDay, at, limits);
  if (!decisionDue.ok) return decisionDue;
  const moving = Object.values(matter.steps).filter((state) => movesUp(matter, state));
  const due = stepDues(
    legalDay,
    at,
    moving.map(({ step }) => step),
  );
  if (!due.ok) return due;
  const { stated, words } = overridden(override);
  return made(
    'transferred',
    { by, to, from: at, decisionDue: decisionDue.value, due: due.value, ...stated },
    { reasons, ...words },
  );
};

/** 轉報: the case goes on with its material under the upper tier, whose own clock starts. */
export const transferred: Rule<'transferred'> = (matter, { to, from, decisionDue, due }, claim) => {
  const wrong = unless(matter, 'preAccepted', 'accepted', 'inReview');
  if (wrong) return wrong;
  if (!(own(matter.opening.superiors, claim.tier)?.includes(to.tier) ?? false))
    return no({ code: 'not-superior', tier: to.tier });
  const moved = Object.values(matter.steps)
    .filter((state) => movesUp(matter, state))
    .map((state): [string, StepState] => {
      const dueThen = due.find(({ step }) => step === state.step.id)?.due;
      return [state.step.id, movedUp(state, to, from, dueThen)];
    });
  return ok({
    ...led(matter, to),
    transfers: [...matter.transfers, { from: matter.lead, to, at: claim.at }],
    clock: matter.clock && startedClock(from, decisionDue),
    steps: { ...matter.steps, ...Object.fromEntries(moved) },
  });
};

export const takeOver = ({ ground, reasons, override }: TakeOver, { by }: Door): Made => {
  const { stated, words } = overridden(override);
  return made('takenOver', { by, ground, ...stated }, { reasons, ...words });
};

/** A superior tier leads from now on. The organs of the steps, and their clocks, stay. */
export const takenOver: Rule<'takenOver'> = (matter, { by }, { tier, at }) => {
  const wrong = unless(matter, 'draft', 'preAccepted', 'accepted', 'inReview', 'suspended');
  if (wrong) return wrong;
  const to = { tier, department: by.department ?? '' };
  return ok({ ...led(matter, to), takeovers: [...matter.takeovers, { from: matter.lead, to, at }] });
};

const led = (matter: Matter, lead: Mandate): Matter => ({ ...matter, lead });

/**
 * The register says who leads, not the fold: a handover that stands in the register but
 * comes too late to change the case still changes its lead.
 */
export const leadAfter = (matter: Matter, fact: CaseFact, { tier }: Claim): Matter => {
  if (fact.type === 'liandong.case.transferred.v1') return led(matter, fact.data.to);
  if (fact.type === 'liandong.case.takenOver.v1')
    return led(matter, { tier, department: fact.data.by.department ?? '' });
  return matter;
};
