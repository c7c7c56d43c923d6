import { describe, expect, it } from '@jest/globals';
import { given, race, stateAfter } from '../../test/case/given.ts';
import {
  accepts,
  cityFollower,
  clerk,
  countyFollower,
  day,
  deed,
  delivers,
  document,
  endOf,
  land,
  lead,
  opens,
  preAccepts,
  refusesAll,
  withdraws,
  without,
} from '../../test/case/sample.ts';
import { statusOf } from './rule.ts';

const rejects = deed(clerk, {
  type: 'reject',
  ground: 'outsideCompetence',
  reasons: '不属于本机关职权范围',
  remedies: ['reconsideration'],
});

describe('acceptance', () => {
  it('starts the decision clock, promised and by law', () => {
    const state = given(opens, preAccepts)
      .when(accepts)
      .then('liandong.case.accepted.v1', {
        basis: 'complete',
        from: day(0),
        decisionDue: { promised: endOf(28), statutory: endOf(63) },
      });
    expect(state.matter).toMatchObject({ status: 'accepted', acceptedAt: day(0), noticeDue: undefined });
  });

  it('comes after pre-acceptance, by the intake or the lead', () => {
    given(opens)
      .when(accepts)
      .refused({ code: 'wrong-status', found: 'draft', allowed: ['preAccepted'] });
    given(opens, preAccepts)
      .when(deed(lead, { type: 'accept' }))
      .then('liandong.case.accepted.v1');
    given(opens, preAccepts)
      .when(deed(land, { type: 'accept' }))
      .refused({ code: 'not-entitled', fact: 'accepted' });
  });

  it('needs every required material', () => {
    given(deed(clerk, without('plan', 'survey')), preAccepts)
      .when(accepts)
      .refused({ code: 'material-missing', materials: ['plan', 'survey'] });
  });

  it('happens once, and never after the end', () => {
    given(opens, preAccepts, accepts).when(accepts).refused({ code: 'wrong-status', found: 'accepted' });
    given(opens, withdraws).when(accepts).refused({ code: 'case-ended', found: 'withdrawn' });
    given(opens, preAccepts, rejects).when(accepts).refused({ code: 'case-ended', found: 'rejected' });
  });

  it('is said by two counters at once only once', () => {
    const state = race(stateAfter(opens, preAccepts), accepts, deed(lead, { type: 'accept' }));
    expect(state.withoutEffect.length).toBe(1);
    expect(statusOf(state.matter!)).toBe('accepted');
  });
});

describe('silence', () => {
  const silence = deed(countyFollower, { type: 'recordDeemedAcceptance' });

  it('is acceptance on receipt once the notice period has passed', () => {
    given(opens)
      .when({ ...silence, at: day(8) })
      .then('liandong.case.accepted.v1', {
        basis: 'deemed',
        from: day(0),
        decisionDue: { promised: endOf(28) },
      });
  });

  it('is nothing before', () => {
    given(opens)
      .when({ ...silence, at: endOf(7) })
      .refused({ code: 'deadline-not-passed', due: endOf(7) });
  });

  it('is nothing once the case is over', () => {
    given(opens, withdraws)
      .when({ ...silence, at: day(8) })
      .refused({ code: 'case-ended', found: 'withdrawn' });
    given(opens, preAccepts, rejects)
      .when({ ...silence, at: day(8) })
      .refused({ code: 'case-ended', found: 'rejected' });
  });

  it('is recorded by a follower, which accepts nothing else', () => {
    given(opens)
      .when(deed(clerk, { type: 'recordDeemedAcceptance' }, day(8)))
      .refused({ code: 'not-entitled', fact: 'accepted' });
    given(opens, preAccepts)
      .when(deed(countyFollower, { type: 'accept' }))
      .refused({ code: 'not-entitled', fact: 'accepted' });
  });

  it('counts from the receipt even if the counter wakes up later', () => {
    given(opens, preAccepts)
      .when({ ...accepts, at: day(9) })
      .then('liandong.case.accepted.v1', { from: day(0) });
  });

  it('cannot be undone by rejecting late', () => {
    given(opens, preAccepts)
      .when({ ...rejects, at: day(8) })
      .refused({ code: 'deadline-passed', due: endOf(7) });
  });

  it('means nothing while the applicant is to act', () => {
    const demand = deed(clerk, {
      type: 'requireCorrection',
      demands: [{ material: 'plan', defect: 'missing' }],
    });
    given(deed(clerk, without('plan')), preAccepts, demand)
      .when({ ...silence, at: day(10) })
      .refused({ code: 'no-deadline' });
  });

  it('counts anew from the day the demanded material came', () => {
    const demand = deed(clerk, {
      type: 'requireCorrection',
      demands: [{ material: 'plan', defect: 'missing' }],
    });
    const supply = deed(
      clerk,
      { type: 'supplyMaterial', supplied: [{ material: 'plan', documents: [document(3)] }] },
      day(8),
    );
    const past = given(deed(clerk, without('plan')), preAccepts, demand, supply);
    past.when({ ...silence, at: day(15) }).refused({ code: 'deadline-not-passed', due: endOf(15) });
    past.when({ ...silence, at: day(16) }).then('liandong.case.accepted.v1', { from: day(8) });
  });

  it('is no business of a tier that neither took the case in nor leads', () => {
    given(opens)
      .when({
        ...silence,
        by: { ...countyFollower, tier: '431021106' as typeof countyFollower.tier },
        at: day(8),
      })
      .refused({ code: 'not-entitled' });
    given(opens)
      .when({ ...silence, by: cityFollower, at: day(8) })
      .then('liandong.case.accepted.v1');
  });
});

describe('non-acceptance', () => {
  it('gives reasons and remedies, the reasons apart from the event', () => {
    const { decision, then } = given(opens, preAccepts).when(rejects);
    then('liandong.case.rejected.v1', {
      ground: 'outsideCompetence',
      reasonsGiven: true,
      remedies: ['reconsideration'],
    });
    expect(decision).toMatchObject({ value: [{ personal: { reasons: '不属于本机关职权范围' } }] });
  });

  it('is refused without reasons or without remedies', () => {
    given(opens, preAccepts)
      .when(deed(clerk, { type: 'reject', ground: 'noPermitNeeded', reasons: ' ', remedies: ['litigation'] }))
      .refused({ code: 'reasons-missing' });
    given(opens, preAccepts)
      .when(deed(clerk, { type: 'reject', ground: 'noPermitNeeded', reasons: '无需许可', remedies: [] }))
      .refused({ code: 'remedies-missing' });
  });

  it('ends the case', () => {
    given(opens, preAccepts, rejects).when(withdraws).refused({ code: 'case-ended', found: 'rejected' });
    given(opens, preAccepts, rejects).when(refusesAll).refused({ code: 'case-ended', found: 'rejected' });
    given(opens, preAccepts, rejects).when(delivers).refused({ code: 'wrong-status', found: 'rejected' });
  });

  it('is impossible once accepted', () => {
    given(opens, preAccepts, accepts).when(rejects).refused({ code: 'wrong-status', found: 'accepted' });
  });
});
