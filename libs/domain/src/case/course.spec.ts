import type { TierCode } from '@liandong/kernel';
import { describe, expect, it } from '@jest/globals';
import { given, hash } from '../../test/case/given.ts';
import {
  city,
  clerk,
  county,
  day,
  deed,
  document,
  endOf,
  environment,
  inReview,
  land,
  lead,
  opens,
  organs,
  site,
  township,
  withdraws,
} from '../../test/case/sample.ts';

const asks = deed(environment, {
  type: 'consult',
  step: 'environment',
  asked: organs.countyLand,
  days: 3,
  question: '地类是否相符?',
});
const answers = deed(land, { type: 'answerConsultation', consultation: hash(4), document: document(70) });

describe('a consultation', () => {
  it('asks a department of the case, which answers', () => {
    const state = given(...inReview)
      .when(asks)
      .then('liandong.case.consulted.v1', { asked: organs.countyLand, due: endOf(3) });
    expect(state.matter?.consultations).toHaveLength(1);
    const answered = given(...inReview, asks)
      .when(answers)
      .then('liandong.case.consultationAnswered.v1');
    expect(answered.matter?.consultations).toEqual([]);
  });

  it('is answered by who was asked, once', () => {
    given(...inReview, asks)
      .when({ ...answers, by: site })
      .refused({ code: 'not-entitled', fact: 'consultationAnswered' });
    given(...inReview, asks, answers)
      .when(answers)
      .refused({ code: 'consultation-unknown', consultation: hash(4) });
  });

  it('brings its question in words apart from the event, and a document by its hash', () => {
    const { decision } = given(...inReview).when(
      deed(environment, {
        type: 'consult',
        asked: organs.countyLand,
        days: 3,
        step: 'land',
        document: document(7),
      }),
    );
    expect(decision).toMatchObject({ ok: false, refusal: { code: 'not-entitled' } });
    const whole = given(...inReview).when(
      deed(lead, {
        type: 'consult',
        asked: organs.countyLand,
        days: 3,
        document: document(7),
        question: '?',
      }),
    ).decision;
    expect(whole).toEqual({
      ok: true,
      value: [
        {
          type: 'liandong.case.consulted.v1',
          data: {
            by: { role: 'leadCoordinator', department: 'development' },
            asked: organs.countyLand,
            days: 3,
            due: endOf(3),
            document: document(7),
          },
          personal: { question: '?' },
        },
      ],
    });
  });

  it('ends with the case', () => {
    given(...inReview, withdraws)
      .when(asks)
      .refused({ code: 'case-ended', found: 'withdrawn' });
    given(...inReview, asks, withdraws)
      .when(answers)
      .refused({ code: 'case-ended', found: 'withdrawn' });
  });

  it('stays inside the case: its tiers, its steps, its organs', () => {
    given(...inReview)
      .when(
        deed(lead, { type: 'consult', asked: { tier: '431022' as TierCode, department: 'land' }, days: 3 }),
      )
      .refused({ code: 'tier-outside-case', tiers: ['431022' as TierCode] });
    given(...inReview)
      .when(deed(environment, { type: 'consult', step: 'x', asked: organs.countyLand, days: 3 }))
      .refused({ code: 'step-unknown', step: 'x' });
    given(...inReview)
      .when({ ...asks, by: site })
      .refused({ code: 'not-entitled', fact: 'consulted' });
  });
});

describe('what is recorded along the way', () => {
  const inspects = deed(land, { type: 'recordInspection', step: 'land', document: document(71) });
  const hears = deed(land, { type: 'recordHearing', step: 'land', document: document(72) });

  it('is an inspection by the organ of a step, or a hearing of interested parties', () => {
    expect(
      given(...inReview)
        .when(inspects)
        .then('liandong.case.inspected.v1').matter?.steps['land'],
    ).toMatchObject({
      inspections: 1,
    });
    expect(
      given(...inReview)
        .when(hears)
        .then('liandong.case.heard.v1').matter?.hearings,
    ).toBe(1);
    given(...inReview)
      .when({ ...inspects, by: site })
      .refused({ code: 'not-entitled', fact: 'inspected' });
  });

  it('needs a case that someone works on', () => {
    given(opens).when(inspects).refused({ code: 'wrong-status', found: 'draft' });
    given(...inReview, withdraws)
      .when(hears)
      .refused({ code: 'case-ended' });
  });

  it('is filed by the lead', () => {
    given(...inReview)
      .when(deed(lead, { type: 'file' }, day(1)))
      .then('liandong.case.filed.v1');
    given(...inReview)
      .when(deed({ ...lead, roles: ['system'] }, { type: 'file' }))
      .then('liandong.case.filed.v1', { by: { role: 'system', department: 'development' } });
    given(...inReview)
      .when(deed(clerk, { type: 'file' }))
      .refused({ code: 'not-entitled', fact: 'filed' });
  });
});

describe('the audience', () => {
  const neighbour = '431022' as TierCode;

  it('grows, and never shrinks', () => {
    const state = given(...inReview)
      .when(deed(lead, { type: 'share', tiers: [neighbour, county] }))
      .then('liandong.case.shared.v1', { tiers: [county, neighbour] });
    expect(state.matter?.audience).toEqual([city, county, township, neighbour]);
  });

  it('grows only by what is new, and by the lead', () => {
    given(...inReview)
      .when(deed(lead, { type: 'share', tiers: [county] }))
      .refused({ code: 'already-shared' });
    given(...inReview)
      .when(deed(land, { type: 'share', tiers: [neighbour] }))
      .refused({ code: 'not-entitled', fact: 'shared' });
  });
});
