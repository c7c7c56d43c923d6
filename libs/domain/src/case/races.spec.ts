import { describe, expect, it } from '@jest/globals';
import { after, given, hash, race, said, stateAfter } from '../../test/case/given.ts';
import {
  accepted,
  agrees,
  applicant,
  clerk,
  concludes,
  countyFollower,
  day,
  type Deed,
  deed,
  delivers,
  document,
  endOf,
  inReview,
  land,
  landAgrees,
  landRefuses,
  lead,
  opensReview,
  preAccepts,
  refuses,
  refusesAll,
  reviewed,
  route,
  accepts,
  opening,
  siteAgrees,
  environmentAgrees,
  opensAbove,
  forestAgrees,
  site,
  tolerating,
  withdraws,
  without,
} from '../../test/case/sample.ts';
import type { CaseState } from './state.ts';

const obligations = ({ matter }: CaseState) => matter?.obligations;
const settles = (cause: number, outcome: 'upheld' | 'reopened'): Deed =>
  deed(lead, { type: 'settleObligation', cause: hash(cause), outcome, reasons: '经复核' }, day(3));

/** History goes on from a state by deeds that see it. */
const goOn = (state: CaseState, ...deeds: readonly Deed[]): CaseState =>
  deeds.reduce((before, next, n) => after(before, said(before, next, 200 + n)), state);

describe('a withdrawal that surfaces after the decision', () => {
  const state = race(stateAfter(...reviewed), concludes, withdraws);

  it('changes nothing by itself and is brought before the lead', () => {
    expect(state.matter).toMatchObject({ status: 'concluded', closing: '0' });
    expect(obligations(state)).toEqual([{ kind: 'reconsider', cause: hash(101), step: undefined }]);
    expect(state.withoutEffect.last).toEqual([
      { hash: hash(101), reason: { code: 'already-decided', found: 'concluded' } },
    ]);
  });

  it('is settled by upholding the decision', () => {
    const upheld = goOn(state, settles(101, 'upheld'));
    expect(upheld.matter).toMatchObject({ status: 'concluded', obligations: [] });
  });

  it('or by reopening the case, so that it can be withdrawn', () => {
    const reopened = goOn(state, settles(101, 'reopened'));
    expect(reopened.matter).toMatchObject({ status: 'inReview', conclusion: undefined, closing: undefined });
    expect(goOn(reopened, withdraws).matter?.status).toBe('withdrawn');
  });

  it('does not reopen what was delivered', () => {
    const delivered = goOn(state, delivers);
    expect(() => goOn(delivered, settles(101, 'reopened'))).toThrow('cannot-reopen');
    expect(obligations(goOn(delivered, settles(101, 'upheld')))).toEqual([]);
  });

  it('simply counts if the register has it first', () => {
    const first = race(stateAfter(...reviewed), withdraws, concludes);
    expect(first.matter).toMatchObject({ status: 'withdrawn', obligations: [] });
    expect(first.withoutEffect.length).toBe(1);
  });
});

describe('a second determination in one round', () => {
  const state = race(stateAfter(...inReview), landAgrees, landRefuses);

  it('has no effect and must be reconciled', () => {
    expect(state.matter?.steps['land']?.answers.map(({ result }) => result)).toEqual(['agree']);
    expect(obligations(state)).toEqual([{ kind: 'reconcile', cause: hash(101), step: 'land' }]);
  });

  it('must be reconciled even if it surfaces after the case has ended', () => {
    const late = said(stateAfter(...inReview), landRefuses, 300);
    const end = after(stateAfter(...reviewed, concludes, delivers), late);
    expect(obligations(end)).toEqual([{ kind: 'reconcile', cause: hash(300), step: 'land' }]);
  });

  it('holds up the conclusion until the lead has settled it', () => {
    const rest = goOn(state, siteAgrees, environmentAgrees, opensAbove, forestAgrees);
    expect(() => goOn(rest, concludes)).toThrow('obligations-open');
    expect(goOn(rest, settles(101, 'upheld'), concludes).matter?.status).toBe('concluded');
  });

  it('is settled by a new round of the step, with a new limit', () => {
    const reopened = goOn(state, settles(101, 'reopened'));
    expect(reopened.matter?.steps['land']).toMatchObject({ round: 2, due: endOf(15), from: day(3) });
    const again = goOn(reopened, deed(land, { type: 'determine', ...refuses('land') }, day(4)));
    expect(again.matter?.steps['land']?.answers.map(({ round, result }) => [round, result])).toEqual([
      [1, 'agree'],
      [2, 'refuse'],
    ]);
  });
});

describe('a late opinion', () => {
  it('after the case was withdrawn is brought before the lead, who can only leave it', () => {
    const state = race(stateAfter(...inReview), withdraws, landAgrees);
    expect(state.matter?.status).toBe('withdrawn');
    expect(obligations(state)).toEqual([{ kind: 'lateOpinion', cause: hash(101), step: 'land' }]);
    expect(() => goOn(state, settles(101, 'reopened'))).toThrow('cannot-reopen');
    expect(obligations(goOn(state, settles(101, 'upheld')))).toEqual([]);
  });

  it('counts if the withdrawal is filed after it', () => {
    const state = race(stateAfter(...inReview), landAgrees, withdraws);
    expect(state.matter).toMatchObject({ status: 'withdrawn', obligations: [] });
    expect(state.withoutEffect.length).toBe(0);
  });

  it('of a step that a refusal had passed over may be heard in a new round', () => {
    const strict = { stages: route.stages.map((stage) => ({ ...stage, endsOnRefusal: true })) };
    const past = [deed(clerk, { ...opening, route: strict }), preAccepts, accepts, opensReview];
    const refused = race(stateAfter(...past), landRefuses, siteAgrees);
    expect(obligations(refused)).toEqual([{ kind: 'lateOpinion', cause: hash(101), step: 'site' }]);
    const decided = goOn(refused, settles(101, 'upheld'), refusesAll);
    expect(decided.matter?.status).toBe('concluded');

    const again = goOn(refused, settles(101, 'reopened'));
    expect(again.matter?.steps['site']).toMatchObject({ round: 2 });
    const evenLater = after(again, said(stateAfter(...past), siteAgrees, 102));
    expect(evenLater.matter?.steps['site']?.answers).toEqual([]);
    expect(obligations(evenLater)).toEqual([{ kind: 'lateOpinion', cause: hash(102), step: 'site' }]);
  });

  it('reopens a concluded case in a new round', () => {
    const strict = { stages: route.stages.map((stage) => ({ ...stage, endsOnRefusal: true })) };
    const past = [deed(clerk, { ...opening, route: strict }), preAccepts, accepts, opensReview];
    const seen = stateAfter(...past);
    const concluded = goOn(after(seen, said(seen, landRefuses, 100)), refusesAll);
    const state = after(concluded, said(seen, deed(land, { type: 'determine', ...agrees('land') }), 101));
    expect(obligations(state)).toEqual([{ kind: 'reconcile', cause: hash(101), step: 'land' }]);
    const reopened = goOn(state, settles(101, 'reopened'));
    expect(reopened.matter).toMatchObject({ status: 'inReview', conclusion: undefined });
    const anew = goOn(reopened, deed(land, { type: 'determine', ...agrees('land') }));
    expect(anew.matter?.steps['land']?.answers).toHaveLength(2);
    expect(anew.withoutEffect.length).toBe(1);
  });

  it('to a stage whose opening did not count is brought up too, and does not slip into a later round', () => {
    const seen = stateAfter(...inReview);
    const notOpen = after(stateAfter(...accepted), said(seen, landAgrees, 101));
    expect(obligations(notOpen)).toEqual([{ kind: 'lateOpinion', cause: hash(101), step: 'land' }]);
    const second = goOn(notOpen, settles(101, 'reopened'), opensReview);
    const evenLater = after(second, said(seen, landRefuses, 102));
    expect(evenLater.matter?.steps['land']).toMatchObject({ round: 2, answers: [] });
    expect(obligations(evenLater)).toEqual([{ kind: 'lateOpinion', cause: hash(102), step: 'land' }]);
  });

  it('of somebody without a right to speak opens nothing', () => {
    const seen = stateAfter(...inReview);
    const rogue = { ...said(seen, landAgrees, 102), tier: site.tier };
    const state = after(seen, said(seen, withdraws, 101), rogue);
    expect(obligations(state)).toEqual([]);
    expect(state.withoutEffect.last).toMatchObject([{ reason: { code: 'not-entitled' } }]);
  });
});

describe('material that was on its way when the case ended for want of it', () => {
  const supplies = deed(applicant, {
    type: 'supplyMaterial',
    supplied: [{ material: 'survey', documents: [document(4)] }],
  });

  it('after a lapsed promise is brought before the lead, who may go on', () => {
    const seen = stateAfter(deed(clerk, without('survey')), preAccepts, deed(clerk, tolerating), opensReview);
    const state = race(seen, deed(countyFollower, { type: 'recordToleranceLapse' }, day(15)), supplies);
    expect(obligations(state)).toEqual([{ kind: 'reconsider', cause: hash(101), step: undefined }]);
    const reopened = goOn(state, { ...settles(101, 'reopened'), at: day(16) });
    expect(reopened.matter).toMatchObject({ status: 'inReview', tolerance: { due: endOf(30) } });
    expect(goOn(reopened, supplies).matter?.tolerance).toBeUndefined();
  });

  it('after a lapsed correction likewise', () => {
    const demands = deed(clerk, {
      type: 'requireCorrection',
      demands: [{ material: 'survey', defect: 'missing' }],
    });
    const seen = stateAfter(deed(clerk, without('survey')), preAccepts, demands);
    const state = race(seen, deed(countyFollower, { type: 'recordCorrectionLapse' }, day(30)), supplies);
    expect(state.matter).toMatchObject({ status: 'closed', closing: '5' });
    const reopened = goOn(state, { ...settles(101, 'reopened'), at: day(31) });
    expect(reopened.matter).toMatchObject({ status: 'preAccepted', closing: undefined });
    expect(goOn(reopened, supplies, accepts).matter?.status).toBe('accepted');
  });

  it('after a decision on the merits is only refused', () => {
    const seen = stateAfter(...inReview, siteAgrees, landRefuses, environmentAgrees);
    expect(obligations(race(seen, refusesAll, supplies))).toEqual([]);
  });
});

describe('two counters that say opposite things of one application', () => {
  const rejects = deed(lead, {
    type: 'reject',
    ground: 'outsideCompetence',
    reasons: '不属于本机关职权范围',
    remedies: ['reconsideration'],
  });
  const seen = stateAfter(deed(clerk, opening), preAccepts);

  it('are heard by the lead, who may take the rejection back', () => {
    const state = race(seen, rejects, accepts);
    expect(state.matter?.status).toBe('rejected');
    expect(obligations(state)).toEqual([{ kind: 'reconsider', cause: hash(101), step: undefined }]);
    const reopened = goOn(state, settles(101, 'reopened'));
    expect(reopened.matter).toMatchObject({ status: 'preAccepted', noticeDue: endOf(10) });
    expect(goOn(reopened, accepts).matter?.status).toBe('accepted');
  });

  it('leave an acceptance as it is, for a decision on the merits', () => {
    const state = race(seen, accepts, rejects);
    expect(obligations(state)).toEqual([{ kind: 'reconsider', cause: hash(101), step: undefined }]);
    for (const outcome of ['upheld', 'reopened'] as const)
      expect(goOn(state, settles(101, outcome)).matter).toMatchObject({
        status: 'accepted',
        obligations: [],
      });
  });

  it('owe nothing if they said the same', () => {
    expect(obligations(race(seen, accepts, { ...accepts, by: lead }))).toEqual([]);
    expect(obligations(race(seen, rejects, { ...rejects, by: clerk }))).toEqual([]);
    expect(obligations(race(seen, withdraws, accepts))).toEqual([]);
  });
});

describe('an obligation', () => {
  const state = race(stateAfter(...inReview), landAgrees, landRefuses);

  it('is settled by the lead, with reasons, once', () => {
    expect(() => goOn(state, { ...settles(101, 'upheld'), by: clerk })).toThrow('not-entitled');
    expect(() => goOn(state, settles(102, 'upheld'))).toThrow('obligation-unknown');
    expect(() => goOn(state, settles(101, 'upheld'), settles(101, 'upheld'))).toThrow('obligation-unknown');
    const wordless = { type: 'settleObligation', cause: hash(101), outcome: 'upheld', reasons: '' } as const;
    expect(() => goOn(state, deed(lead, wordless))).toThrow('reasons-missing');
  });

  it('never comes from the door, which refuses instead', () => {
    given(...inReview, landAgrees)
      .when(landRefuses)
      .refused({ code: 'step-answered' });
  });
});
