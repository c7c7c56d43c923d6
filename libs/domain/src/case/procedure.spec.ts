import { describe, expect, it } from '@jest/globals';
import { given, hash, race, stateAfter } from '../../test/case/given.ts';
import {
  accepted,
  day,
  deed,
  document,
  endOf,
  environment,
  environmentAgrees,
  environmentHead,
  inReview,
  land,
  landAgrees,
  lead,
  leadHead,
  mayor,
  opensReview,
  refusesAll,
  reviewed,
  withdraws,
} from '../../test/case/sample.ts';
import { statusOf } from './rule.ts';

const experts = deed(environment, {
  type: 'startProcedure',
  step: 'environment',
  ground: 'expertReview',
  days: 7,
  notice: document(50),
});
const hearing = deed(lead, { type: 'startProcedure', ground: 'hearing', days: 5, notice: document(51) });
const ends = (n: number) =>
  deed(environment, { type: 'endProcedure', procedure: hash(n), document: document(52) });

describe('a special procedure', () => {
  it('suspends its step and adds its days to the limits of step and case', () => {
    const state = given(...inReview)
      .when(experts)
      .then('liandong.case.procedureStarted.v1', {
        due: endOf(9),
        stepDue: endOf(23),
        decisionDue: { promised: endOf(37), statutory: endOf(72) },
      });
    expect(state.matter).toMatchObject({
      clock: { due: { promised: endOf(37) } },
      steps: { environment: { due: endOf(23), added: 7 } },
    });
    given(...inReview, experts)
      .when(environmentAgrees)
      .refused({ code: 'step-suspended', step: 'environment' });
    given(...inReview, experts)
      .when(landAgrees)
      .then('liandong.case.determined.v1');
  });

  it('ends with its document, and the step goes on', () => {
    given(...inReview, experts)
      .when(ends(4))
      .then('liandong.case.procedureEnded.v1', { procedure: hash(4) });
    given(...inReview, experts, ends(4))
      .when(environmentAgrees)
      .then('liandong.case.determined.v1');
    given(...inReview, experts, withdraws)
      .when(ends(4))
      .refused({ code: 'case-ended', found: 'withdrawn' });
    given(...inReview, experts, ends(4))
      .when(ends(4))
      .refused({ code: 'procedure-unknown', procedure: hash(4) });
  });

  it('has a legal ground that the step allows', () => {
    given(...inReview)
      .when(
        deed(land, {
          type: 'startProcedure',
          step: 'land',
          ground: 'expertReview',
          days: 7,
          notice: document(50),
        }),
      )
      .refused({ code: 'procedure-not-allowed', ground: 'expertReview' });
    given(...inReview)
      .when(deed(lead, { type: 'startProcedure', ground: 'auction', days: 7, notice: document(50) }))
      .refused({ code: 'procedure-not-allowed', ground: 'auction' });
  });

  it('belongs to the organ of its step; of the whole case, to the lead', () => {
    given(...inReview)
      .when({ ...experts, by: lead })
      .refused({ code: 'not-entitled', fact: 'procedureStarted' });
    given(...inReview)
      .when({ ...hearing, by: land })
      .refused({ code: 'not-entitled' });
    given(...inReview, experts)
      .when({ ...ends(4), by: lead })
      .refused({ code: 'not-entitled', fact: 'procedureEnded' });
  });

  it('runs once at a time, on an open step of an accepted case', () => {
    given(...inReview, experts)
      .when(experts)
      .refused({ code: 'procedure-running' });
    given(...inReview, environmentAgrees)
      .when(experts)
      .refused({ code: 'step-not-open', step: 'environment' });
    given(...inReview, withdraws)
      .when(experts)
      .refused({ code: 'case-ended' });
  });

  it('of the whole case suspends the lead, not the organs that may not know of it', () => {
    const state = given(...inReview)
      .when(hearing)
      .then('liandong.case.procedureStarted.v1', { decisionDue: { promised: endOf(35) } });
    expect(statusOf(state.matter!)).toBe('suspended');
    given(...accepted, hearing)
      .when(opensReview)
      .refused({ code: 'wrong-status', found: 'suspended' });
    given(...reviewed, hearing)
      .when(refusesAll)
      .refused({ code: 'wrong-status', found: 'suspended' });
    given(...inReview, hearing)
      .when(landAgrees)
      .then('liandong.case.determined.v1');
    given(...inReview, hearing)
      .when(withdraws)
      .then('liandong.case.withdrawn.v1');
  });

  it('adds up with the ones before it, of the same step and of the whole case', () => {
    const again = { ...experts, at: day(3) };
    const state = given(...inReview, hearing, experts, ends(5))
      .when(again)
      .then('liandong.case.procedureStarted.v1', {
        stepDue: endOf(32),
        decisionDue: { promised: endOf(53) },
      });
    expect(state.matter).toMatchObject({ clock: { added: 5 }, steps: { environment: { added: 14 } } });
  });

  it('started by two organs at once gives the case the longer of both', () => {
    const landHearing = deed(land, {
      type: 'startProcedure',
      step: 'land',
      ground: 'hearing',
      days: 5,
      notice: document(51),
    });
    const seen = stateAfter(...inReview);
    for (const state of [race(seen, experts, landHearing), race(seen, landHearing, experts)])
      expect(state.matter?.clock?.due.promised).toBe(endOf(37));
  });
});

describe('an extension', () => {
  const extendsCase = deed(mayor, { type: 'extend', days: 15, reasons: '情况复杂' }, day(1));
  const extendsStep = deed(environmentHead, {
    type: 'extend',
    step: 'environment',
    days: 5,
    reasons: '补充监测',
  });

  it('gives the case more time, once, by the authority its law names', () => {
    const state = given(...inReview)
      .when(extendsCase)
      .then('liandong.case.extended.v1', {
        reasonsGiven: true,
        decisionDue: { promised: endOf(49), statutory: endOf(84) },
      });
    expect(state.matter?.clock).toMatchObject({ extended: true, due: { statutory: endOf(84) } });
    given(...inReview, extendsCase)
      .when(extendsCase)
      .refused({ code: 'already-extended' });
    given(...inReview)
      .when({ ...extendsCase, by: leadHead })
      .refused({ code: 'wrong-authority', authority: 'governmentHead' });
    given(...inReview)
      .when({ ...extendsCase, by: lead })
      .refused({ code: 'not-entitled', fact: 'extended' });
    given(...inReview)
      .when({ ...extendsCase, by: { ...mayor, tier: land.tier } })
      .refused({ code: 'not-entitled' });
  });

  it('gives a step more time by the head of its own organ', () => {
    given(...inReview)
      .when(extendsStep)
      .then('liandong.case.extended.v1', { step: 'environment', stepDue: endOf(21) });
    given(...inReview, extendsStep)
      .when(extendsStep)
      .refused({ code: 'already-extended' });
    given(...inReview)
      .when({ ...extendsStep, by: leadHead })
      .refused({ code: 'not-entitled' });
    given(...inReview, environmentAgrees)
      .when(extendsStep)
      .refused({ code: 'step-not-open' });
  });

  it('is no longer than the law allows, has reasons, and comes before the limit ends', () => {
    given(...inReview)
      .when(deed(mayor, { type: 'extend', days: 16, reasons: '情况复杂' }))
      .refused({ code: 'extension-too-long', days: 16, limit: 15 });
    given(...inReview)
      .when(deed(mayor, { type: 'extend', days: 15, reasons: '' }))
      .refused({ code: 'reasons-missing' });
    given(...inReview, withdraws)
      .when(extendsCase)
      .refused({ code: 'case-ended', found: 'withdrawn' });
    given(...inReview)
      .when({ ...extendsCase, at: day(64) })
      .refused({ code: 'deadline-passed', due: endOf(63) });
  });

  it('exists only where the item provides it', () => {
    given(...inReview)
      .when(
        deed(
          { ...land, roles: ['organHead'] },
          { type: 'extend', step: 'land', days: 1, reasons: '情况复杂' },
        ),
      )
      .refused({ code: 'extension-not-provided' });
  });
});
