import { describe, expect, it } from '@jest/globals';
import { given, stateAfter } from '../../test/case/given.ts';
import {
  accepted,
  agrees,
  clerk,
  concludes,
  day,
  type Deed,
  deed,
  endOf,
  environment,
  environmentAgrees,
  forestAgrees,
  forestry,
  inReview,
  land,
  landAgrees,
  landRefuses,
  lead,
  leadHead,
  opening,
  opens,
  opensAbove,
  opensReview,
  organs,
  preAccepts,
  accepts,
  refuses,
  refusesAll,
  reviewed,
  route,
  site,
  siteAgrees,
} from '../../test/case/sample.ts';
import { stepStatus } from './review.ts';

const statuses = (...deeds: readonly Deed[]) => {
  const { matter } = stateAfter(...deeds);
  return Object.values(matter!.steps).map((step) => [step.step.id, stepStatus(matter!, step)]);
};

describe('a stage', () => {
  it('opens all its steps at once, each with its own limit', () => {
    given(...accepted)
      .when(opensReview)
      .then('liandong.case.stageOpened.v1', {
        due: [
          { step: 'site', due: endOf(7) },
          { step: 'land', due: endOf(10) },
          { step: 'environment', due: endOf(14) },
        ],
      });
    expect(statuses(...inReview)).toEqual([
      ['site', 'open'],
      ['land', 'open'],
      ['environment', 'open'],
      ['forest', 'waiting'],
    ]);
  });

  it('sets no limit to what an outside organ decides, where the item sets none', () => {
    const [review, above] = route.stages;
    const unlimited = { ...above!, steps: above!.steps.map((step) => ({ ...step, days: 0 })) };
    const past = [deed(clerk, { ...opening, route: { stages: [unlimited, review!] } }), preAccepts, accepts];
    const { matter } = given(...past)
      .when(opensAbove)
      .then('liandong.case.stageOpened.v1', { due: [] });
    expect(matter?.steps['forest']?.due).toBeUndefined();
    const endless = { ...review!, steps: review!.steps.map((step) => ({ ...step, days: 0 })) };
    given()
      .when(deed(clerk, { ...opening, route: { stages: [endless] } }))
      .refused({ code: 'route-invalid', problem: 'limit-out-of-range', id: 'site' });
  });

  it('is opened by the lead, in the order of the route, after acceptance', () => {
    given(...accepted)
      .when({ ...opensReview, by: land })
      .refused({ code: 'not-entitled', fact: 'stageOpened' });
    given(...accepted)
      .when(opensAbove)
      .refused({ code: 'stage-not-next', stage: 'above', next: 'review' });
    given(...inReview)
      .when(opensReview)
      .refused({ code: 'stage-not-next', stage: 'review', next: 'above' });
    given(...accepted)
      .when(deed(lead, { type: 'openStage', stage: 'valueOf' }))
      .refused({ code: 'stage-unknown', stage: 'valueOf' });
    given(opens).when(opensReview).refused({ code: 'wrong-status', found: 'draft' });
  });

  it('follows the one before it only when every step of that one has ended', () => {
    given(...inReview, siteAgrees, landAgrees)
      .when(opensAbove)
      .refused({ code: 'stage-still-open', stage: 'review' });
    given(...inReview, siteAgrees, landAgrees, environmentAgrees)
      .when(opensAbove)
      .then('liandong.case.stageOpened.v1');
  });

  const strict = { stages: route.stages.map((stage) => ({ ...stage, endsOnRefusal: true })) };
  const strictReview = [
    deed(clerk, { ...opening, route: strict }),
    preAccepts,
    accepts,
    opensReview,
  ] as const;

  it('ends on one refusal where the item says so', () => {
    given(...strictReview, landRefuses)
      .when(environmentAgrees)
      .refused({ code: 'step-passed-over', step: 'environment' });
    given(...strictReview, landRefuses)
      .when(opensAbove)
      .refused({ code: 'review-ended-on-refusal', stage: 'review' });
    given(...strictReview, landRefuses)
      .when(refusesAll)
      .then('liandong.case.concluded.v1', { result: '1' });
    expect(statuses(...strictReview, landRefuses)).toEqual([
      ['site', 'passedOver'],
      ['land', 'answered'],
      ['environment', 'passedOver'],
      ['forest', 'waiting'],
    ]);
  });

  it('goes on after a refusal where the item does not', () => {
    given(...inReview, landRefuses)
      .when(environmentAgrees)
      .then('liandong.case.determined.v1');
  });
});

describe('an answer', () => {
  it('is given by the organ of its step alone', () => {
    for (const by of [lead, leadHead, clerk, environment, site])
      given(...inReview)
        .when({ ...landAgrees, by })
        .refused({ code: 'not-entitled', fact: 'determined' });
    given(...inReview)
      .when({ ...landAgrees, by: { ...land, tier: organs.cityLead.tier } })
      .refused({ code: 'not-entitled' });
    given(...inReview)
      .when({ ...landAgrees, by: { ...land, roles: ['reviewer'] } })
      .refused({ code: 'not-entitled' });
  });

  it('names the role that entitles it, of several that one person holds', () => {
    given(...inReview)
      .when({ ...landAgrees, by: { ...land, roles: ['windowClerk', 'approver'] } })
      .then('liandong.case.determined.v1', { by: { role: 'approver', department: 'land' }, round: 1 });
  });

  it('is an opinion, a determination or an external answer, as the route says', () => {
    given(...inReview)
      .when(deed(land, { type: 'giveOpinion', ...agrees('land') }))
      .refused({ code: 'wrong-step-kind', step: 'land', kind: 'determination' });
    given(...inReview)
      .when(deed({ ...site, roles: ['approver'] }, { type: 'determine', ...agrees('site') }))
      .refused({ code: 'wrong-step-kind', step: 'site', kind: 'opinion' });
  });

  it('waits until its stage is open, and names a step of the route', () => {
    given(...inReview)
      .when(forestAgrees)
      .refused({ code: 'step-not-open', step: 'forest' });
    given(...inReview)
      .when(deed(land, { type: 'determine', ...agrees('toString') }))
      .refused({ code: 'step-unknown', step: 'toString' });
  });

  it('is given once in a round', () => {
    given(...inReview, landAgrees)
      .when(landRefuses)
      .refused({ code: 'step-answered', step: 'land', round: 1, result: 'agree' });
    given(...inReview)
      .when(deed(land, { type: 'determine', ...agrees('land'), round: 2 }))
      .refused({ code: 'round-unknown', step: 'land', round: 2, current: 1 });
    given(...inReview)
      .when(deed(land, { type: 'determine', ...agrees('land'), round: 0 }))
      .refused({ code: 'round-unknown' });
  });

  it('gives reasons when it refuses, and remedies when it decides', () => {
    const { reasons: _reasons, ...silent } = refuses('land');
    given(...inReview)
      .when(deed(land, { type: 'determine', ...silent }))
      .refused({ code: 'reasons-missing' });
    given(...inReview)
      .when(deed(land, { type: 'determine', ...refuses('land'), remedies: [] }))
      .refused({ code: 'remedies-missing' });
    given(...inReview)
      .when(deed(site, { type: 'giveOpinion', ...refuses('site'), remedies: [] }))
      .then('liandong.case.opinionGiven.v1', { reasonsGiven: true });
  });

  it('of an organ above the network is recorded with its document', () => {
    const above = [...inReview, siteAgrees, landAgrees, environmentAgrees, opensAbove] as const;
    for (const by of [forestry, lead])
      given(...above)
        .when({ ...forestAgrees, by })
        .then('liandong.case.externalRecorded.v1', { step: 'forest', result: 'agree' });
    given(...above)
      .when({ ...forestAgrees, by: land })
      .refused({ code: 'not-entitled' });
  });

  it('comes too late after the end', () => {
    given(...reviewed, concludes)
      .when(deed(site, { type: 'giveOpinion', ...agrees('site') }))
      .refused({ code: 'step-answered' });
    given(...inReview, deed(clerk, { type: 'withdraw' }, day(1)))
      .when(landAgrees)
      .refused({ code: 'case-ended', found: 'withdrawn' });
  });
});
