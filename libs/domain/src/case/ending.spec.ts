import { describe, expect, it } from '@jest/globals';
import { given, hash, stateAfter } from '../../test/case/given.ts';
import {
  accepted,
  accepts,
  applicant,
  clerk,
  concludes,
  day,
  deed,
  delivers,
  document,
  endOf,
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
  preAccepts,
  refuses,
  refusesAll,
  reviewed,
  route,
  site,
  siteAgrees,
  withdraws,
} from '../../test/case/sample.ts';

describe('the conclusion', () => {
  it('is positive when every determination agrees', () => {
    const state = given(...reviewed)
      .when(concludes)
      .then('liandong.case.concluded.v1', { result: '0', deliveryDue: endOf(14) });
    expect(state.matter).toMatchObject({ status: 'concluded', closing: '0' });
  });

  it('is not positive when one refuses', () => {
    const above = [...inReview, siteAgrees, landRefuses, environmentAgrees, opensAbove] as const;
    given(...above, forestAgrees)
      .when(concludes)
      .refused({ code: 'determinations-disagree', steps: ['land'] });
    given(...above, deed(forestry, { type: 'recordExternal', ...refuses('forest') }))
      .when(concludes)
      .refused({ code: 'determinations-disagree', steps: ['land', 'forest'] });
  });

  it('weighs opinions but is not bound by them', () => {
    const siteRefuses = deed(site, { type: 'giveOpinion', ...refuses('site') });
    given(...inReview, siteRefuses, landAgrees, environmentAgrees, opensAbove, forestAgrees)
      .when(concludes)
      .then('liandong.case.concluded.v1', { result: '0' });
  });

  it('is negative only if an organ refused: the lead decides no other organ’s item', () => {
    given(...reviewed)
      .when(refusesAll)
      .refused({ code: 'nothing-refused' });
    given(...inReview, siteAgrees, landRefuses, environmentAgrees)
      .when(refusesAll)
      .then('liandong.case.concluded.v1', { result: '1', remedies: ['reconsideration'] });
  });

  it('is the lead’s own where no organ decides', () => {
    const opinionsOnly = { stages: [{ ...route.stages[0]!, steps: [route.stages[0]!.steps[0]!] }] };
    const past = [deed(clerk, { ...opening, route: opinionsOnly }), preAccepts, accepts, opensReview];
    given(...past)
      .when(refusesAll)
      .refused({ code: 'stage-still-open', stage: 'review' });
    given(...past, siteAgrees)
      .when(refusesAll)
      .then('liandong.case.concluded.v1');
    given(...past, siteAgrees)
      .when(concludes)
      .then('liandong.case.concluded.v1');
    given(deed(clerk, { ...opening, route: { stages: [] } }), preAccepts, accepts)
      .when(concludes)
      .then('liandong.case.concluded.v1');
  });

  it('says why and where to turn when it refuses', () => {
    const past = given(...inReview, siteAgrees, landRefuses, environmentAgrees);
    const refusal = { type: 'conclude', result: '1', document: document(31) } as const;
    past.when(deed(lead, { ...refusal, remedies: ['litigation'] })).refused({ code: 'reasons-missing' });
    past.when(deed(lead, { ...refusal, reasons: '用地未获批准' })).refused({ code: 'remedies-missing' });
  });

  it('waits for every stage', () => {
    given(...accepted)
      .when(concludes)
      .refused({ code: 'stage-not-opened', stage: 'review' });
    given(...inReview, siteAgrees)
      .when(concludes)
      .refused({ code: 'stage-still-open', stage: 'review' });
    given(...inReview, siteAgrees, landAgrees, environmentAgrees)
      .when(concludes)
      .refused({ code: 'stage-not-opened', stage: 'above' });
  });

  it('is the lead’s, on an accepted case, once', () => {
    given(...reviewed)
      .when({ ...concludes, by: land })
      .refused({ code: 'not-entitled', fact: 'concluded' });
    given(opens, preAccepts).when(concludes).refused({ code: 'wrong-status', found: 'preAccepted' });
    given(...reviewed, concludes)
      .when(concludes)
      .refused({ code: 'case-ended', found: 'concluded' });
  });
});

describe('delivery', () => {
  it('closes the case, by the counter or the lead, late or not', () => {
    for (const by of [clerk, lead]) {
      const state = given(...reviewed, concludes)
        .when({ ...delivers, by, at: day(40) })
        .then('liandong.case.delivered.v1');
      expect(state.matter?.status).toBe('closed');
    }
    given(...reviewed, concludes)
      .when({ ...delivers, by: land })
      .refused({ code: 'not-entitled', fact: 'delivered' });
  });

  it('needs a conclusion, and happens once', () => {
    given(...reviewed)
      .when(delivers)
      .refused({ code: 'wrong-status', found: 'inReview', allowed: ['concluded'] });
    given(...reviewed, concludes, delivers)
      .when(delivers)
      .refused({ code: 'wrong-status', found: 'closed' });
  });

  it('is the end: nothing is accepted, answered or concluded after it', () => {
    const closed = [...reviewed, concludes, delivers] as const;
    for (const late of [accepts, opensReview, concludes, preAccepts])
      given(...closed)
        .when(late)
        .refused({ code: 'case-ended', found: 'closed' });
  });
});

describe('withdrawal', () => {
  it('is the applicant’s, in person or at the counter, until the decision', () => {
    for (const past of [[opens], [opens, preAccepts], accepted, inReview, reviewed])
      given(...past)
        .when(withdraws)
        .then('liandong.case.withdrawn.v1');
    given(...inReview)
      .when({ ...withdraws, by: clerk })
      .then('liandong.case.withdrawn.v1');
    given(...inReview)
      .when({ ...withdraws, by: { ...applicant, authid: 'p-other' } })
      .refused({ code: 'not-entitled', fact: 'withdrawn' });
    given(...inReview)
      .when({ ...withdraws, by: land })
      .refused({ code: 'not-entitled' });
  });

  it('is refused once decided', () => {
    given(...reviewed, concludes)
      .when(withdraws)
      .refused({ code: 'already-decided', found: 'concluded' });
    given(...reviewed, concludes, delivers)
      .when(withdraws)
      .refused({ code: 'already-decided', found: 'closed' });
    given(opens, withdraws).when(withdraws).refused({ code: 'case-ended', found: 'withdrawn' });
  });
});

describe('voiding', () => {
  const voids = deed(leadHead, { type: 'void', ground: 'enteredInError', reasons: '重复录入' });

  it('is deletion while nobody took the case up, 作廢 after', () => {
    expect(stateAfter(opens, voids).matter).toMatchObject({ status: 'void', closing: '3' });
    expect(stateAfter(...inReview, voids).matter).toMatchObject({ status: 'void', closing: '2' });
  });

  it('has reasons, is the lead’s, and does not undo a decision', () => {
    given(opens)
      .when(deed(leadHead, { type: 'void', ground: 'duplicate', reasons: '' }))
      .refused({ code: 'reasons-missing' });
    given(opens)
      .when({ ...voids, by: clerk })
      .refused({ code: 'not-entitled', fact: 'voided' });
    given(...reviewed, concludes)
      .when(voids)
      .refused({ code: 'case-ended', found: 'concluded' });
  });
});

describe('afterwards', () => {
  it('a remedy that was taken is noted on a decided case', () => {
    const notes = deed(clerk, { type: 'noteRemedy', remedy: 'litigation', document: document(60) });
    const state = given(...reviewed, concludes, delivers)
      .when(notes)
      .then('liandong.case.remedyNoted.v1');
    expect(state.matter?.remediesNoted).toEqual([{ remedy: 'litigation', document: document(60) }]);
    given(...inReview)
      .when(notes)
      .refused({ code: 'wrong-status', found: 'inReview' });
  });

  it('a change, renewal or revocation is a further case that names the one it follows', () => {
    const follows = { case: `case-${hash(1).slice(0, 32)}`, relation: 'renewal' } as never;
    given()
      .when(deed(clerk, { ...opening, follows }))
      .then('liandong.case.opened.v1', { follows });
  });
});
