import { describe, expect, it } from '@jest/globals';
import { given, race, stateAfter } from '../../test/case/given.ts';
import {
  accepts,
  applicant,
  city,
  clerk,
  cityFollower,
  countyFollower,
  concludes,
  day,
  deed,
  document,
  endOf,
  environmentAgrees,
  forestAgrees,
  landAgrees,
  landRefuses,
  lead,
  opening,
  opens,
  opensAbove,
  opensReview,
  preAccepts,
  refusesAll,
  siteAgrees,
  tolerating,
  withdraws,
  without,
} from '../../test/case/sample.ts';

const lacking = deed(clerk, without('survey'));
const tolerates = deed(clerk, tolerating);
const preReviews = deed(clerk, { ...tolerating, type: 'openPreReview' });
const supplies = deed(applicant, {
  type: 'supplyMaterial',
  supplied: [{ material: 'survey', documents: [document(4)] }],
});

describe('acceptance with tolerance (容缺受理)', () => {
  it('accepts, starts the clock, and keeps the promise and its deadline', () => {
    const state = given(lacking, preAccepts)
      .when(tolerates)
      .then('liandong.case.accepted.v1', {
        basis: 'tolerated',
        tolerance: { materials: ['survey'], days: 10, due: endOf(14), promise: document(9) },
        decisionDue: { promised: endOf(28) },
      });
    expect(state.matter).toMatchObject({ status: 'accepted', tolerance: { kind: 'acceptance' } });
  });

  it('is for material that the item marks tolerable', () => {
    given(deed(clerk, without('plan')), preAccepts)
      .when(deed(clerk, { ...tolerating, materials: ['plan'] }))
      .refused({ code: 'material-not-tolerable', materials: ['plan'] });
  });

  it('names everything that is missing', () => {
    given(deed(clerk, without('plan', 'survey')), preAccepts)
      .when(tolerates)
      .refused({ code: 'tolerance-incomplete', materials: ['plan'] });
    given(lacking, preAccepts)
      .when(deed(clerk, { ...tolerating, materials: ['survey', 'x'] }))
      .refused({ code: 'material-unknown', materials: ['x'] });
  });

  it('needs something missing', () => {
    given(opens, preAccepts).when(tolerates).refused({ code: 'nothing-missing' });
  });

  it('lasts no longer than the promised limit', () => {
    given(lacking, preAccepts)
      .when(deed(clerk, { ...tolerating, days: 20 }))
      .then('liandong.case.accepted.v1');
    given(lacking, preAccepts)
      .when(deed(clerk, { ...tolerating, days: 21 }))
      .refused({ code: 'tolerance-too-long', days: 21, limit: 20 });
  });

  it('is not for applicants in bad credit', () => {
    const badCredit = { ...without('survey'), applicant: { ...opening.applicant, creditworthy: false } };
    given(deed(clerk, badCredit), preAccepts).when(tolerates).refused({ code: 'applicant-in-bad-credit' });
    given(deed(clerk, badCredit), preAccepts).when(preReviews).refused({ code: 'applicant-in-bad-credit' });
  });

  it('comes after pre-acceptance and once', () => {
    given(lacking).when(tolerates).refused({ code: 'wrong-status', found: 'draft' });
    given(lacking, preAccepts, tolerates)
      .when(tolerates)
      .refused({ code: 'wrong-status', found: 'accepted' });
  });

  it('stays until everything has come', () => {
    const materials = opening.materials.map((material) => ({ ...material, tolerable: true }));
    const both = { ...tolerating, materials: ['plan', 'survey'] };
    const past = [deed(clerk, { ...without('plan', 'survey'), materials }), preAccepts, deed(clerk, both)];
    const state = given(...past)
      .when(supplies)
      .then('liandong.case.materialSupplied.v1');
    expect(state.matter?.tolerance?.due).toBe(endOf(14));
  });

  it('loses nothing when the material comes in at the same moment', () => {
    const seen = stateAfter(lacking, preAccepts);
    for (const state of [race(seen, supplies, tolerates), race(seen, tolerates, supplies)]) {
      expect(state.withoutEffect.length).toBe(0);
      expect(state.matter).toMatchObject({ status: 'accepted', tolerance: undefined });
    }
  });
});

describe('while tolerated material is missing', () => {
  const reviewing = [lacking, preAccepts, tolerates, opensReview] as const;

  it('opinions are given, but no organ approves', () => {
    given(...reviewing)
      .when(siteAgrees)
      .then('liandong.case.opinionGiven.v1');
    given(...reviewing)
      .when(landAgrees)
      .refused({ code: 'material-missing', materials: ['survey'] });
    given(...reviewing, supplies)
      .when(landAgrees)
      .then('liandong.case.determined.v1');
  });

  it('an organ may refuse, and the case be returned', () => {
    given(...reviewing)
      .when(landRefuses)
      .then('liandong.case.determined.v1', { result: 'refuse' });
  });

  it('an organ that does not need it approves, but the lead does not conclude', () => {
    const materials = opening.materials.map((material) =>
      material.code === 'survey' ? { ...material, neededBy: ['environment'] } : material,
    );
    const past = [deed(clerk, { ...without('survey'), materials }), preAccepts, tolerates, opensReview];
    given(...past)
      .when(landAgrees)
      .then('liandong.case.determined.v1');
    given(...past)
      .when(environmentAgrees)
      .refused({ code: 'material-missing', materials: ['survey'] });

    const noOrganNeedsIt = opening.materials.map((material) =>
      material.code === 'survey' ? { ...material, neededBy: ['site'] } : material,
    );
    const all = [
      deed(clerk, { ...without('survey'), materials: noOrganNeedsIt }),
      ...[preAccepts, tolerates, opensReview, siteAgrees, landAgrees, environmentAgrees],
      ...[opensAbove, forestAgrees],
    ];
    given(...all)
      .when(concludes)
      .refused({ code: 'material-missing', materials: ['survey'] });
    given(...all, supplies)
      .when(concludes)
      .then('liandong.case.concluded.v1');
  });

  it('the case ends as returned once the promise has lapsed, with a notice to deliver', () => {
    const lapse = deed(countyFollower, { type: 'recordToleranceLapse' });
    given(...reviewing)
      .when({ ...lapse, at: endOf(14) })
      .refused({ code: 'deadline-not-passed', due: endOf(14) });
    const state = given(...reviewing)
      .when({ ...lapse, at: day(15) })
      .then('liandong.case.toleranceLapsed.v1', { deliveryDue: endOf(29) });
    expect(state.matter).toMatchObject({ status: 'concluded', closing: '1' });
    given(...reviewing, supplies)
      .when({ ...lapse, at: day(15) })
      .refused({ code: 'no-deadline' });
    for (const over of [withdraws, { ...lapse, at: day(15) }])
      given(...reviewing, over)
        .when({ ...lapse, at: day(16) })
        .refused({ code: 'case-ended' });
    given(...reviewing)
      .when({ ...lapse, by: clerk, at: day(15) })
      .refused({ code: 'not-entitled', fact: 'toleranceLapsed' });
    given(...reviewing)
      .when({ ...lapse, by: cityFollower, at: day(15) })
      .then('liandong.case.toleranceLapsed.v1');
  });
});

describe('pre-review (容缺預審)', () => {
  const preReviewed = [lacking, preAccepts, preReviews] as const;

  it('starts review without accepting and without a decision clock', () => {
    const state = given(...preReviewed)
      .when(opensReview)
      .then('liandong.case.stageOpened.v1');
    expect(state.matter).toMatchObject({ status: 'preAccepted', clock: undefined });
  });

  it('takes opinions, but decisions wait for acceptance', () => {
    given(...preReviewed, opensReview)
      .when(siteAgrees)
      .then('liandong.case.opinionGiven.v1');
    given(...preReviewed, opensReview)
      .when(landRefuses)
      .refused({ code: 'wrong-status', found: 'preAccepted' });
    given(...preReviewed, opensReview, siteAgrees)
      .when(refusesAll)
      .refused({ code: 'wrong-status', found: 'preAccepted' });
  });

  it('is followed by acceptance when the file is complete, and review goes on', () => {
    const complete = [...preReviewed, opensReview, supplies] as const;
    given(...preReviewed, opensReview)
      .when(accepts)
      .refused({ code: 'material-missing', materials: ['survey'] });
    const state = given(...complete)
      .when({ ...accepts, at: day(1) })
      .then('liandong.case.accepted.v1', { from: day(1) });
    expect(state.matter).toMatchObject({ status: 'inReview', clock: { from: day(1) } });
  });

  it('stops silence from being acceptance until the file is complete', () => {
    const silence = deed(countyFollower, { type: 'recordDeemedAcceptance' }, day(9));
    given(...preReviewed)
      .when(silence)
      .refused({ code: 'no-deadline' });
    given(...preReviewed, supplies)
      .when(silence)
      .then('liandong.case.accepted.v1', { basis: 'deemed' });
  });

  it('is not opened twice, nor after acceptance, nor does a correction follow it', () => {
    given(...preReviewed)
      .when(preReviews)
      .refused({ code: 'pre-review-already-open' });
    given(lacking, preAccepts, tolerates).when(preReviews).refused({ code: 'wrong-status' });
    given(...preReviewed)
      .when(deed(clerk, { type: 'requireCorrection', demands: [{ material: 'survey', defect: 'missing' }] }))
      .refused({ code: 'pre-review-already-open' });
  });

  it('without it no stage opens before acceptance', () => {
    given(opens, preAccepts).when(opensReview).refused({ code: 'wrong-status', found: 'preAccepted' });
  });

  it('ends as returned when the promise lapses', () => {
    const state = given(...preReviewed)
      .when(deed(countyFollower, { type: 'recordToleranceLapse' }, day(15)))
      .then('liandong.case.toleranceLapsed.v1');
    expect(state.matter).toMatchObject({ status: 'concluded', closing: '1' });
  });

  it('may be opened by the lead, whose follower then keeps its deadline', () => {
    const state = given(lacking, preAccepts)
      .when({ ...preReviews, by: lead })
      .then('liandong.case.preReviewOpened.v1');
    expect(state.matter?.tolerance?.tier).toBe(city);
  });
});
