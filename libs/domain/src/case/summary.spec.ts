import { describe, expect, it } from '@jest/globals';
import { after, stateAfter } from '../../test/case/given.ts';
import {
  city,
  clerk,
  county,
  day,
  deed,
  endOf,
  inReview,
  landAgrees,
  opensReview,
  organs,
  preAccepts,
  tolerating,
  township,
  without,
} from '../../test/case/sample.ts';
import { emptyCase } from './case.ts';
import { caseSummary } from './summary.ts';

describe('the summary of a case', () => {
  it('shows where it stands, at every step, and what is missing', () => {
    const state = stateAfter(
      deed(clerk, without('survey')),
      preAccepts,
      deed(clerk, tolerating),
      opensReview,
    );
    expect(caseSummary(state)).toMatchObject({
      status: 'inReview',
      lead: organs.cityLead,
      stage: 'review',
      missing: ['survey'],
      tolerated: ['survey'],
      acceptedAt: day(0),
      audience: [city, county, township],
      needsUpgrade: false,
      withoutEffect: 0,
    });
    expect(caseSummary(stateAfter(...inReview, landAgrees))?.steps[1]).toEqual({
      id: 'land',
      name: '用地预审',
      stage: 'review',
      kind: 'determination',
      organ: organs.countyLand,
      round: 1,
      status: 'answered',
      result: 'agree',
      answeredAt: day(0),
      due: endOf(10),
      itemCode: 'land-1',
    });
  });

  it('is nothing before the opening', () => {
    expect(caseSummary(emptyCase)).toBeUndefined();
  });

  it('says when this build cannot read all of it', () => {
    const seen = stateAfter(...inReview);
    const unknown = {
      fact: undefined,
      hash: 'f'.repeat(64) as never,
      tier: city,
      authid: 'x',
      at: day(1),
      leadThen: undefined,
      superseded: false,
    };
    expect(caseSummary(after(seen, unknown))).toEqual({ ...caseSummary(seen), needsUpgrade: true });
  });
});
