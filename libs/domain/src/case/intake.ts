import { ok } from '@liandong/kernel';
import { decisionDueFrom, startedClock } from './clock.ts';
import type { AcceptTolerating, Reject } from './commands.ts';
import type { Accepted } from './facts.ts';
import { missingMaterials } from './materials.ts';
import { type Entitlement, entitlements } from './roles.ts';
import { type Claim, type Door, type Made, made, no, type Rule, saysSomething, unless } from './rule.ts';
import type { Matter } from './state.ts';
import { refuseTolerance, termsOf, toleranceOf } from './tolerance.ts';

export const preAccept = ({ by }: Door): Made => made('preAccepted', { by });

export const preAccepted: Rule<'preAccepted'> = (matter) =>
  unless(matter, 'draft') ?? ok({ ...matter, status: 'preAccepted' });

export const accept = (matter: Matter, { by, at, legalDay }: Door): Made => {
  const from = receivedOrNow(matter, at);
  const decisionDue = decisionDueFrom(legalDay, from, matter.opening.limits);
  return decisionDue.ok
    ? made('accepted', { by, basis: 'complete', from, decisionDue: decisionDue.value })
    : decisionDue;
};

/** 容缺受理. */
export const acceptTolerating = (command: AcceptTolerating, matter: Matter, door: Door): Made => {
  const tolerance = termsOf(command, matter, door);
  if (!tolerance.ok) return tolerance;
  const from = receivedOrNow(matter, door.at);
  const decisionDue = decisionDueFrom(door.legalDay, from, matter.opening.limits);
  if (!decisionDue.ok) return decisionDue;
  const terms = { from, decisionDue: decisionDue.value, tolerance: tolerance.value };
  return made('accepted', { by: door.by, basis: 'tolerated', ...terms });
};

export const recordDeemedAcceptance = (matter: Matter, { by, legalDay }: Door): Made => {
  const from = matter.receivedAt;
  const decisionDue = decisionDueFrom(legalDay, from, matter.opening.limits);
  return decisionDue.ok
    ? made('accepted', { by, basis: 'deemed', from, decisionDue: decisionDue.value })
    : decisionDue;
};

/** Who was silent too long accepted on receipt, whatever is said later. */
const receivedOrNow = ({ noticeDue, receivedAt }: Matter, at: string): string =>
  noticeDue !== undefined && at > noticeDue ? receivedAt : at;

export const accepted: Rule<'accepted'> = (matter, data, claim) => {
  const refused = refuseAcceptance(matter, data, claim);
  if (refused) return refused;
  const tolerance =
    data.basis === 'tolerated' ? toleranceOf(matter, data.tolerance, 'acceptance', claim) : undefined;
  return ok({
    ...matter,
    status: matter.stages.length > 0 ? 'inReview' : 'accepted',
    acceptedAt: claim.at,
    clock: startedClock(data.from, data.decisionDue),
    noticeDue: undefined,
    correction: undefined,
    tolerance,
  });
};

const refuseAcceptance = (matter: Matter, data: Accepted, claim: Claim) => {
  if ((data.basis === 'deemed') !== (data.by.role === 'system'))
    return no({ code: 'not-entitled', fact: 'accepted', entitled: acceptedBy(data.basis) });
  switch (data.basis) {
    case 'complete':
      return unless(matter, 'preAccepted') ?? refuseGaps(matter);
    case 'tolerated':
      return unless(matter, 'preAccepted') ?? refuseTolerance(matter, data.tolerance);
    case 'deemed':
      return unless(matter, 'draft', 'preAccepted') ?? refuseHaste(matter, claim);
  }
};

/** Silence is recorded by the tier's follower, and the follower accepts nothing else. */
const acceptedBy = (basis: Accepted['basis']): readonly Entitlement[] =>
  entitlements.accepted.filter(({ as }) => (as === 'follower') === (basis === 'deemed'));

const refuseGaps = (matter: Matter) => {
  const materials = [...new Set([...missingMaterials(matter), ...(matter.correction?.unmet ?? [])])];
  return materials.length > 0 ? no({ code: 'material-missing', materials }) : undefined;
};

const refuseHaste = ({ noticeDue }: Matter, { at }: Claim) => {
  if (noticeDue === undefined) return no({ code: 'no-deadline' });
  return at <= noticeDue ? no({ code: 'deadline-not-passed', due: noticeDue }) : undefined;
};

export const reject = ({ ground, reasons, remedies }: Reject, { by }: Door): Made =>
  saysSomething(reasons)
    ? made('rejected', { by, ground, reasonsGiven: true, remedies }, { reasons })
    : no({ code: 'reasons-missing' });

/** 不予受理; after the notice period it is too late, the application counts as accepted. */
export const rejected: Rule<'rejected'> = (matter, { remedies }, { at }) => {
  const wrong = unless(matter, 'preAccepted');
  if (wrong) return wrong;
  const { noticeDue } = matter;
  if (noticeDue !== undefined && at > noticeDue) return no({ code: 'deadline-passed', due: noticeDue });
  return remedies.length === 0 ? no({ code: 'remedies-missing' }) : ok({ ...matter, status: 'rejected' });
};
