import { describe, expect, it } from '@jest/globals';
import { stateAfter } from '../../test/case/given.ts';
import {
  accepted,
  city,
  clerk,
  concludes,
  county,
  day,
  deed,
  document,
  endOf,
  environment,
  inReview,
  lead,
  opens,
  organs,
  preAccepts,
  reviewed,
  tolerating,
  township,
  withdraws,
  without,
} from '../../test/case/sample.ts';
import { dueDeadlines, passedDeadlines } from './deadlines.ts';
import { emptyCase } from './case.ts';

const demands = deed(clerk, {
  type: 'requireCorrection',
  demands: [{ material: 'survey', defect: 'missing' }],
});
const lacking = [deed(clerk, without('survey')), preAccepts] as const;

describe('the deadlines of a case', () => {
  it('begin with the notice period', () => {
    expect(dueDeadlines(stateAfter(opens))).toEqual([
      { kind: 'deemedAcceptance', due: endOf(7), tier: county },
    ]);
    expect(dueDeadlines(emptyCase)).toEqual([]);
  });

  it('pass to the applicant with a correction notice', () => {
    expect(dueDeadlines(stateAfter(...lacking, demands))).toEqual([
      { kind: 'correctionLapse', due: endOf(21), tier: county },
    ]);
  });

  it('come back to the counter once the demand is met', () => {
    const supplies = deed(clerk, {
      type: 'supplyMaterial',
      supplied: [{ material: 'survey', documents: [document(4)] }],
    });
    expect(dueDeadlines(stateAfter(...lacking, demands, supplies))).toEqual([
      { kind: 'deemedAcceptance', due: endOf(7), tier: county },
    ]);
  });

  it('run for nobody once the case is over', () => {
    for (const past of [
      [opens],
      [opens, preAccepts],
      [...lacking, demands],
      [...lacking, deed(clerk, tolerating)],
    ])
      expect(dueDeadlines(stateAfter(...past, withdraws))).toEqual([]);
    expect(dueDeadlines(stateAfter(opens, preAccepts))).toHaveLength(1);
  });

  it('are kept by who gave the time: the intake, or whoever leads now', () => {
    expect(dueDeadlines(stateAfter(...lacking, { ...demands, by: lead }))).toMatchObject([
      { kind: 'correctionLapse', tier: city },
    ]);
  });

  it('are those of the decision and of every open step, the nearest first', () => {
    const consults = deed(environment, {
      type: 'consult',
      asked: organs.countyLand,
      days: 3,
      step: 'environment',
    });
    expect(dueDeadlines(stateAfter(...inReview, consults))).toEqual([
      { kind: 'consultation', due: endOf(3), tier: county, step: 'environment' },
      { kind: 'step', due: endOf(7), tier: township, step: 'site' },
      { kind: 'step', due: endOf(10), tier: county, step: 'land' },
      { kind: 'step', due: endOf(14), tier: city, step: 'environment' },
      { kind: 'promisedDecision', due: endOf(28), tier: city },
      { kind: 'statutoryDecision', due: endOf(63), tier: city },
    ]);
  });

  it('include a running special procedure and a promise', () => {
    const starts = deed(environment, {
      type: 'startProcedure',
      step: 'environment',
      ground: 'expertReview',
      days: 7,
      notice: document(50),
    });
    expect(dueDeadlines(stateAfter(...inReview, starts))).toContainEqual({
      kind: 'procedure',
      due: endOf(9),
      tier: city,
      step: 'environment',
    });
    expect(dueDeadlines(stateAfter(...lacking, deed(clerk, tolerating)))).toContainEqual({
      kind: 'toleranceLapse',
      due: endOf(14),
      tier: county,
    });
  });

  it('end with delivery', () => {
    expect(dueDeadlines(stateAfter(...reviewed, concludes))).toEqual([
      { kind: 'delivery', due: endOf(14), tier: city },
    ]);
    expect(dueDeadlines(stateAfter(...inReview, withdraws))).toEqual([]);
  });
});

describe('a passed deadline', () => {
  it('is recorded by the follower of the responsible tier, at the first instant after it', () => {
    const state = stateAfter(opens);
    expect(passedDeadlines(state, county, endOf(7))).toEqual([]);
    expect(passedDeadlines(state, county, day(8))).toEqual([{ type: 'recordDeemedAcceptance' }]);
    expect(passedDeadlines(state, city, day(8))).toEqual([]);
  });

  it('is recorded where the applicant failed, not where an organ is late', () => {
    expect(passedDeadlines(stateAfter(...lacking, demands), county, day(22))).toEqual([
      { type: 'recordCorrectionLapse' },
    ]);
    expect(passedDeadlines(stateAfter(...lacking, deed(clerk, tolerating)), county, day(15))).toEqual([
      { type: 'recordToleranceLapse' },
    ]);
    expect(passedDeadlines(stateAfter(...accepted), city, day(90))).toEqual([]);
  });
});
