import { ok } from '@liandong/kernel';
import type { Conclude, Deliver, NoteRemedy, Void, Withdraw } from './commands.ts';
import type { Concluded } from './facts.ts';
import { missingMaterials } from './materials.ts';
import { currentAnswer, nextStage, openedStages, refusalEnded, stageEnded } from './review.ts';
import {
  type Door,
  type Made,
  made,
  no,
  overridden,
  type Rule,
  saysSomething,
  statusOf,
  unless,
} from './rule.ts';
import type { Matter, StepState } from './state.ts';

export const conclude = (
  { result, document, reasons, remedies = [], override }: Conclude,
  matter: Matter,
  { by, at, legalDay }: Door,
): Made => {
  const deliveryDue = legalDay(at, matter.opening.limits.deliveryDays);
  if (!deliveryDue.ok) return deliveryDue;
  const said = { reasonsGiven: saysSomething(reasons), remedies };
  const { stated, words } = overridden(override);
  const due = deliveryDue.value;
  return made(
    'concluded',
    { by, result, document, deliveryDue: due, ...said, ...stated },
    { reasons, ...words },
  );
};

/** The lead puts the organs' decisions together. It adds none of its own where an organ decides. */
export const concluded: Rule<'concluded'> = (matter, data, { at, hash }) => {
  const refused =
    unless(matter, 'accepted', 'inReview') ??
    refuseObligations(matter) ??
    refuseOpenStages(matter) ??
    (data.result === '1' ? refuseNegative(matter, data) : refusePositive(matter));
  if (refused) return refused;
  const { result, document, deliveryDue, remedies } = data;
  return ok({
    ...matter,
    status: 'concluded',
    closing: result,
    conclusion: { result, at, hash, document, deliveryDue, remedies },
  });
};

const refuseObligations = ({ obligations }: Matter) =>
  obligations.length > 0
    ? no({ code: 'obligations-open', causes: obligations.map(({ cause }) => cause) })
    : undefined;

const refuseOpenStages = (matter: Matter) => {
  const open = openedStages(matter).find((stage) => !stageEnded(matter, stage));
  return open && no({ code: 'stage-still-open', stage: open.id });
};

const decides = ({ step }: StepState): boolean => step.kind !== 'opinion';

const refusePositive = (matter: Matter) => {
  const unopened = nextStage(matter);
  if (unopened) return no({ code: 'stage-not-opened', stage: unopened.id });
  const disagreeing = Object.values(matter.steps)
    .filter((state) => decides(state) && currentAnswer(state)?.result !== 'agree')
    .map(({ step }) => step.id);
  if (disagreeing.length > 0) return no({ code: 'determinations-disagree', steps: disagreeing });
  const materials = missingMaterials(matter);
  return materials.length > 0 ? no({ code: 'material-missing', materials }) : undefined;
};

const refuseNegative = (matter: Matter, { reasonsGiven, remedies }: Concluded) => {
  if (!mayRefuse(matter)) return no({ code: 'nothing-refused' });
  if (!reasonsGiven) return no({ code: 'reasons-missing' });
  return remedies.length === 0 ? no({ code: 'remedies-missing' }) : undefined;
};

/** Where no organ decides, the decision is the lead's own, once it has heard every opinion. */
const mayRefuse = (matter: Matter): boolean => {
  const steps = Object.values(matter.steps);
  return (
    steps.some((state) => decides(state) && currentAnswer(state)?.result === 'refuse') ||
    openedStages(matter).some((stage) => refusalEnded(matter, stage)) ||
    (!steps.some(decides) && nextStage(matter) === undefined)
  );
};

export const deliver = ({ channel, document, note }: Deliver, { by }: Door): Made =>
  made('delivered', { by, channel, document }, { note });

/** Late delivery is recorded too: lateness is for supervision to see, not for the door to hide. */
export const delivered: Rule<'delivered'> = (matter) => {
  const found = statusOf(matter);
  return found === 'concluded'
    ? ok({ ...matter, status: 'closed' })
    : no({ code: 'wrong-status', found, allowed: ['concluded'] });
};

export const withdraw = ({ document, reasons }: Withdraw, { by }: Door): Made =>
  made('withdrawn', { by, ...(document !== undefined && { document }) }, { reasons });

export const withdrawn: Rule<'withdrawn'> = (matter) =>
  matter.conclusion === undefined
    ? (unless(matter, 'draft', 'preAccepted', 'accepted', 'inReview', 'suspended') ??
      ok({ ...matter, status: 'withdrawn' }))
    : no({ code: 'already-decided', found: statusOf(matter) });

export const voidCase = ({ ground, reasons }: Void, { by }: Door): Made =>
  saysSomething(reasons)
    ? made('voided', { by, ground, reasonsGiven: true }, { reasons })
    : no({ code: 'reasons-missing' });

/** 作廢, or 刪除 while it was never taken up. A decision is not voided: revoking it is a further case. */
export const voided: Rule<'voided'> = (matter) =>
  unless(matter, 'draft', 'preAccepted', 'accepted', 'inReview', 'suspended') ??
  ok({ ...matter, status: 'void', closing: matter.status === 'draft' ? '3' : '2' });

export const noteRemedy = ({ remedy, document, note }: NoteRemedy, { by }: Door): Made =>
  made('remedyNoted', { by, remedy, document }, { note });

export const remedyNoted: Rule<'remedyNoted'> = (matter, { remedy, document }) => {
  const found = statusOf(matter);
  return found === 'rejected' || found === 'concluded' || found === 'closed'
    ? ok({ ...matter, remediesNoted: [...matter.remediesNoted, { remedy, document }] })
    : no({ code: 'wrong-status', found, allowed: ['rejected', 'concluded', 'closed'] });
};
