import { ok, type Result } from '@liandong/kernel';
import type { AcceptTolerating, OpenPreReview } from './commands.ts';
import type { ToleranceTerms } from './facts.ts';
import { missingMaterials, unknownMaterials } from './materials.ts';
import type { CaseRefusal } from './refusals.ts';
import { type Claim, type Door, type Made, made, no, type Rule, unless } from './rule.ts';
import type { Matter, Tolerance } from './state.ts';

/** The terms the door offers; it tolerates what is missing now, named without a gap. */
export const termsOf = (
  { materials, days, promise }: AcceptTolerating | OpenPreReview,
  matter: Matter,
  { legalDay, at }: Door,
): Result<ToleranceTerms, CaseRefusal> => {
  if (missingMaterials(matter).length === 0) return no({ code: 'nothing-missing' });
  const due = legalDay(at, days);
  return due.ok ? ok({ materials, days, due: due.value, promise }) : due;
};

/** May the rest of the file come later? Says why not. What arrived meanwhile does no harm. */
export const refuseTolerance = (matter: Matter, terms: ToleranceTerms) => {
  const { materials, limits, applicant } = matter.opening;
  const unknown = unknownMaterials(matter, terms.materials);
  if (unknown.length > 0) return no({ code: 'material-unknown', materials: unknown });
  const open = new Set([...missingMaterials(matter), ...(matter.correction?.unmet ?? [])]);
  const unnamed = [...open].filter((code) => !terms.materials.includes(code));
  if (unnamed.length > 0) return no({ code: 'tolerance-incomplete', materials: unnamed });
  const strict = materials
    .filter(({ code, tolerable }) => open.has(code) && !tolerable)
    .map(({ code }) => code);
  if (strict.length > 0) return no({ code: 'material-not-tolerable', materials: strict });
  if (!applicant.creditworthy) return no({ code: 'applicant-in-bad-credit' });
  const limit = limits.promisedDays ?? limits.statutoryDays ?? 0;
  if (terms.days > limit) return no({ code: 'tolerance-too-long', days: terms.days, limit });
  return undefined;
};

/** The tolerance that remains, none if everything arrived meanwhile. */
export const toleranceOf = (
  matter: Matter,
  terms: ToleranceTerms,
  kind: Tolerance['kind'],
  { tier, at }: Claim,
): Tolerance | undefined =>
  missingMaterials(matter).length === 0 ? undefined : { ...terms, kind, tier, from: at };

export const openPreReview = (command: OpenPreReview, matter: Matter, door: Door): Made => {
  const tolerance = termsOf(command, matter, door);
  return tolerance.ok ? made('preReviewOpened', { by: door.by, tolerance: tolerance.value }) : tolerance;
};

/** 容缺預審: review may start; the decision clock does not, and silence accepts nothing. */
export const preReviewOpened: Rule<'preReviewOpened'> = (matter, { tolerance }, claim) => {
  const wrong = unless(matter, 'preAccepted');
  if (wrong) return wrong;
  if (matter.preReviewed) return no({ code: 'pre-review-already-open' });
  const refused = refuseTolerance(matter, tolerance);
  if (refused) return refused;
  const kept = toleranceOf(matter, tolerance, 'preReview', claim);
  return ok({
    ...matter,
    preReviewed: true,
    tolerance: kept,
    correction: undefined,
    noticeDue: kept === undefined ? matter.noticeDue : undefined,
  });
};

export const recordToleranceLapse = (matter: Matter, { by, at, legalDay }: Door): Made => {
  const deliveryDue = legalDay(at, matter.opening.limits.deliveryDays);
  return deliveryDue.ok ? made('toleranceLapsed', { by, deliveryDue: deliveryDue.value }) : deliveryDue;
};

/** The promise was not kept: the case ends as 退回, and a written notice is to be delivered. */
export const toleranceLapsed: Rule<'toleranceLapsed'> = (matter, { deliveryDue }, { at, hash }) => {
  const wrong = unless(matter, 'preAccepted', 'accepted', 'inReview', 'suspended');
  if (wrong) return wrong;
  const { tolerance } = matter;
  if (tolerance === undefined) return no({ code: 'no-deadline' });
  if (at <= tolerance.due) return no({ code: 'deadline-not-passed', due: tolerance.due });
  return ok({
    ...matter,
    status: 'concluded',
    closing: '1',
    conclusion: { result: '1', at, hash, document: undefined, deliveryDue, remedies: [] },
  });
};

/** The case ended because what was promised or demanded did not come, not by anyone's decision. */
export const endedByLapse = ({ closing, conclusion }: Matter): boolean =>
  closing === '5' || (conclusion !== undefined && conclusion.document === undefined);
