import { describe, expect, it } from '@jest/globals';
import { after, happening, hash, race, said, stateAfter } from '../../test/case/given.ts';
import {
  city,
  cityFollower,
  concludes,
  county,
  countyFollower,
  day,
  deed,
  type Deed,
  document,
  endOf,
  environment,
  inReview,
  landAgrees,
  landRefuses,
  lead,
  legalDay,
  opening,
  opens,
  organs,
  preAccepts,
  reviewed,
  tolerating,
  clerk,
  township,
  without,
} from '../../test/case/sample.ts';
import { caseDecider } from './case.ts';
import type { Actor, LegalDay } from './commands.ts';
import { dueDeadlines } from './deadlines.ts';
import type { CaseState } from './state.ts';

const calendar = `431000@2#${'a'.repeat(64)}`;
const reason = { zh: '暴雪停工', en: 'A blizzard' };

/** The sample's calendar with one more day off: Thursday 5 March. */
const corrected: LegalDay = (from, days) => {
  const end = legalDay(from, days);
  return from <= endOf(2) && end.ok && end.value >= endOf(3) ? legalDay(from, days + 1) : end;
};
/** And one in which every limit is as short as it can be. */
const shortened: LegalDay = (from) => legalDay(from, 0);

const command = { type: 'moveDeadlines', calendar, reason } as const;
const moves = (state: CaseState, by: Actor, counted: LegalDay = corrected, at = day(1)) =>
  caseDecider.decide({ command, by, at, legalDay: counted }, state);

/** What a tier's follower says of the corrected calendar, and the case after it. */
const movedBy = (state: CaseState, by: Actor, counted: LegalDay = corrected, at = day(1)) => {
  const decided = moves(state, by, counted, at);
  if (!decided.ok) throw new Error(decided.refusal.code);
  const [draft] = decided.value;
  if (draft?.type !== 'liandong.case.deadlinesMoved.v1') throw new Error('nothing was moved');
  const { personal: _, ...fact } = draft;
  const happened = happening(fact, { by, command, at }, 500, state);
  return { fact, happened, state: after(state, happened) };
};

const dues = (state: CaseState) => dueDeadlines(state).map(({ kind, due }) => [kind, due]);

describe('a corrected calendar', () => {
  it('moves what ends behind the corrected day, and says from where, to where and why', () => {
    const { fact, state } = movedBy(stateAfter(opens), countyFollower);
    expect(fact.data).toEqual({
      ...{ by: { role: 'system' }, calendar, reason },
      moved: [{ kind: 'deemedAcceptance', before: endOf(7), due: endOf(8) }],
    });
    expect(dues(state)).toEqual([['deemedAcceptance', endOf(8)]]);
    expect(moves(state, countyFollower)).toMatchObject({ ok: false, refusal: { code: 'nothing-moved' } });
  });

  it('is said by each tier of its own limits', () => {
    const asks = deed(environment, { type: 'consult', asked: organs.countyLand, days: 3 });
    const consults = { ...asks, by: lead };
    const procedure = deed(environment, {
      ...{ type: 'startProcedure', step: 'environment', ground: 'expertReview' },
      ...{ days: 7, notice: document(50) },
    });
    const before = stateAfter(...inReview, consults, procedure);
    const atCity = movedBy(before, cityFollower);
    expect(atCity.fact.data.moved.map(({ kind, step }) => [kind, step])).toEqual([
      ['procedure', 'environment'],
      ['step', 'environment'],
      ['promisedDecision', undefined],
      ['statutoryDecision', undefined],
    ]);
    const atCounty = movedBy(atCity.state, countyFollower);
    expect(atCounty.fact.data.moved.map(({ kind, step }) => [kind, step])).toEqual([
      ['consultation', undefined],
      ['step', 'land'],
    ]);
    const follower = { ...countyFollower, tier: township };
    const { state } = movedBy(atCounty.state, follower);
    for (const { kind, step, due } of dueDeadlines(state)) {
      const was = dueDeadlines(before).find((one) => one.kind === kind && one.step === step);
      expect(due > (was?.due ?? '')).toBe(true);
    }
    expect(dueDeadlines(state)).toHaveLength(7);
  });

  it('keeps the days that were added since', () => {
    const extends_ = deed(
      { ...lead, department: 'government', roles: ['governmentHead'] },
      { type: 'extend', days: 15, reasons: '情况复杂' },
    );
    const before = stateAfter(...inReview, extends_);
    const { promisedDays = 0 } = opening.limits;
    const { state } = movedBy(before, cityFollower);
    expect(dues(state)).toContainEqual([
      'promisedDecision',
      (legalDay(day(0), promisedDays + 15 + 1) as { value: string }).value,
    ]);
  });

  it('moves a correction notice, a promise and a delivery', () => {
    const demands = deed(clerk, {
      type: 'requireCorrection',
      demands: [{ material: 'survey', defect: 'missing' }],
    });
    const lacking = [deed(clerk, without('survey')), preAccepts] as const;
    for (const [past, kind] of [
      [[...lacking, demands], 'correctionLapse'],
      [[...lacking, deed(clerk, tolerating)], 'toleranceLapse'],
    ] as const)
      expect(movedBy(stateAfter(...past), countyFollower).fact.data.moved.map((one) => one.kind)).toEqual([
        kind,
      ]);
    expect(movedBy(stateAfter(...reviewed, concludes), cityFollower).fact.data.moved).toMatchObject([
      { kind: 'delivery', before: endOf(14) },
    ]);
  });

  it('never takes away the day on which it is said', () => {
    const { fact } = movedBy(stateAfter(opens), countyFollower, shortened, day(3));
    expect(fact.data.moved).toEqual([{ kind: 'deemedAcceptance', before: endOf(7), due: endOf(3) }]);
    expect(moves(stateAfter(opens), countyFollower, shortened, day(8)).ok).toBe(false);
  });

  it('gives a limit that had passed, and was not recorded yet, its day back', () => {
    const { state } = movedBy(stateAfter(opens), countyFollower, corrected, day(8));
    expect(dues(state)).toEqual([['deemedAcceptance', endOf(8)]]);
  });

  it('leaves alone what another act changed meanwhile, whichever comes first', () => {
    const seen = stateAfter(...inReview);
    const moved = movedBy(seen, cityFollower);
    const procedure: Deed = deed(environment, {
      ...{ type: 'startProcedure', step: 'environment', ground: 'expertReview' },
      ...{ days: 7, notice: document(50) },
    });
    const later = after(seen, said(seen, procedure, 400), moved.happened);
    expect(later.withoutEffect.length).toBe(1);
    expect(dueDeadlines(later)).toEqual(dueDeadlines(after(seen, said(seen, procedure, 400))));
  });

  it('moves nothing that waits for another tier, whoever says so', () => {
    const seen = stateAfter(...inReview);
    const { happened } = movedBy(seen, cityFollower);
    const claimed = after(seen, { ...happened, tier: county });
    expect(claimed.withoutEffect.length).toBe(1);
    expect(dueDeadlines(claimed)).toEqual(dueDeadlines(seen));
  });

  it('stops at a year nobody published', () => {
    const beyond: LegalDay = () => ({ ok: false, refusal: { code: 'calendar-year-missing', year: 2026 } });
    expect(moves(stateAfter(opens), countyFollower, beyond)).toEqual(beyond('', 0));
  });
});

describe('an obligation', () => {
  const state = race(stateAfter(...inReview), landAgrees, landRefuses);
  const leadFollower = { ...cityFollower, department: organs.cityLead.department };
  const notes = deed(leadFollower, { type: 'noteObligation', cause: hash(101) }, day(1));

  it('has no limit until the lead is told of it, and then one by the calendar', () => {
    expect(dueDeadlines(state).map(({ kind }) => kind)).not.toContain('obligation');
    const noted = after(state, said(state, notes, 300));
    expect(dueDeadlines(noted)).toContainEqual({
      kind: 'obligation',
      due: endOf(8),
      tier: city,
      step: 'land',
    });
    expect(() => said(noted, notes, 301)).toThrow('obligation-noted');
    const none = deed(leadFollower, { type: 'noteObligation', cause: hash(7) }, day(1));
    expect(() => said(state, none, 301)).toThrow('obligation-unknown');
  });

  it('moves with a corrected calendar, and ends when it is settled', () => {
    const noted = after(state, said(state, notes, 300));
    expect(movedBy(noted, cityFollower).fact.data.moved).toContainEqual({
      ...{ kind: 'obligation', step: 'land', cause: hash(101), before: endOf(8), due: endOf(9) },
    });
    const settles = deed(
      lead,
      { type: 'settleObligation', cause: hash(101), outcome: 'upheld', reasons: '经复核' },
      day(3),
    );
    expect(dueDeadlines(after(noted, said(noted, settles, 302))).map(({ kind }) => kind)).not.toContain(
      'obligation',
    );
  });
});
