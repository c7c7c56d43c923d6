import type { TierCode } from '@liandong/kernel';
import { describe, expect, it } from '@jest/globals';
import { after, decide, given, happening, hash, race, stateAfter } from '../../test/case/given.ts';
import {
  accepts,
  agrees,
  city,
  clerk,
  concludes,
  county,
  day,
  deed,
  delivers,
  document,
  endOf,
  environmentAgrees,
  forestAgrees,
  inReview,
  land,
  landAgrees,
  mayor,
  opening,
  opens,
  opensAbove,
  opensReview,
  organs,
  preAccepts,
  refuses,
  reviewed,
  site,
  siteAgrees,
  township,
  withdraws,
} from '../../test/case/sample.ts';
import type { Actor } from './commands.ts';
import { closingFor } from './summary.ts';

// Taken in and first reviewed at the county, which may pass it up to the city

const countyLead: Actor = { ...land, roles: ['leadCoordinator', 'approver'] };
const cityLand: Actor = {
  tier: city,
  department: 'land',
  roles: ['approver', 'leadCoordinator'],
  authid: 'c-1',
};
const toCity = { tier: city, department: 'land' };
const step = (id: string) => ({
  ...({ id, name: id, kind: 'determination', tier: county, department: 'land', days: 8 } as const),
  procedures: [],
});
const route = {
  stages: [
    { id: 'review', name: '审查', endsOnRefusal: false, steps: [step('land'), step('roads')] },
    { id: 'final', name: '审批', endsOnRefusal: false, steps: [step('final')] },
  ],
};
const opensAtCounty = deed(clerk, { ...opening, lead: organs.countyLand, route });
const begins = deed(countyLead, { type: 'openStage', stage: 'review' });
const forwards = deed(countyLead, { type: 'determine', ...agrees('land'), result: 'forward' });
const transfers = deed(countyLead, { type: 'transferUp', to: toCity }, day(4));
const reviewing = [opensAtCounty, preAccepts, accepts, begins] as const;

describe('a transfer up (轉報)', () => {
  it('keeps the case, gives the lead to the upper tier and starts that tier’s own clock', () => {
    const state = given(...reviewing, forwards)
      .when(transfers)
      .then('liandong.case.transferred.v1', {
        to: toCity,
        from: day(4),
        decisionDue: { promised: endOf(32), statutory: endOf(67) },
      });
    expect(state.matter).toMatchObject({
      lead: toCity,
      clock: { from: day(4), due: { promised: endOf(32) }, extended: false },
      status: 'inReview',
      transfers: [{ from: organs.countyLand, to: toCity, at: day(4) }],
    });
  });

  it('takes along the old lead’s unanswered steps and those answered 轉報, each with its own new limit', () => {
    const { matter } = stateAfter(...reviewing, forwards, transfers);
    expect(matter?.steps).toMatchObject({
      land: { organ: toCity, round: 2, formerOrgans: [organs.countyLand], due: endOf(16) },
      roads: { organ: toCity, round: 1, due: endOf(16) },
      final: { organ: toCity, round: 1, due: undefined },
    });
    const { matter: decided } = stateAfter(...reviewing, landAgrees, transfers);
    expect(decided?.steps['land']).toMatchObject({ organ: organs.countyLand, round: 1 });
  });

  it('is answered by the upper tier from then on', () => {
    const determines = deed(cityLand, { type: 'determine', ...agrees('land') }, day(5));
    given(...reviewing, forwards, transfers)
      .when(determines)
      .then('liandong.case.determined.v1', { round: 2 });
    given(...reviewing, forwards, transfers)
      .when(deed(countyLead, { type: 'determine', ...agrees('roads') }, day(5)))
      .refused({ code: 'step-moved', step: 'roads', organ: toCity });
    given(...reviewing, transfers)
      .when({ ...begins, by: countyLead })
      .refused({ code: 'not-entitled', fact: 'stageOpened' });
  });

  it('goes to a superior tier, by the lead', () => {
    given(...reviewing)
      .when(deed(countyLead, { type: 'transferUp', to: { tier: township, department: 'land' } }))
      .refused({ code: 'not-superior', tier: township });
    given(...reviewing)
      .when({ ...transfers, by: clerk })
      .refused({ code: 'not-entitled', fact: 'transferred' });
  });

  it('needs a case under way, not decided, not suspended', () => {
    given(opensAtCounty).when(transfers).refused({ code: 'wrong-status', found: 'draft' });
    given(...reviewing, withdraws)
      .when(transfers)
      .refused({ code: 'case-ended' });
  });

  it('is the closing record in the books of the tier that passed it up, of no other', () => {
    const state = stateAfter(...reviewing, transfers);
    expect(closingFor(state, county)).toBe('4');
    expect(closingFor(state, city)).toBeUndefined();
  });

  it('lets the new lead extend again: it is another clock', () => {
    const extends_ = deed(mayor, { type: 'extend', days: 15, reasons: '情况复杂' }, day(5));
    const countyMayor = { ...mayor, tier: county };
    given(...reviewing, { ...extends_, by: countyMayor, at: day(1) }, transfers)
      .when(extends_)
      .then('liandong.case.extended.v1');
  });
});

describe('a determination passed up (轉報)', () => {
  const above = { tier: city, department: 'land' };
  const passes = deed(land, { type: 'determine', ...agrees('land'), result: 'forward', to: above }, day(1));
  const decides = deed(cityLand, { type: 'determine', ...agrees('land') }, day(2));

  it('goes to the same organ’s superior, in a new round and with a new limit; the lead stays', () => {
    const { matter } = given(...inReview)
      .when(passes)
      .then('liandong.case.determined.v1', { result: 'forward', to: above, due: endOf(11) });
    expect(matter).toMatchObject({
      lead: organs.cityLead,
      steps: {
        land: { organ: above, formerOrgans: [organs.countyLand], round: 2, due: endOf(11), from: day(1) },
      },
    });
  });

  it('is decided there', () => {
    given(...inReview, passes)
      .when(decides)
      .then('liandong.case.determined.v1', { round: 2 });
    given(...inReview, passes)
      .when(landAgrees)
      .refused({ code: 'step-moved', step: 'land', organ: above });
    const done = [...inReview, passes, decides, siteAgrees, environmentAgrees, opensAbove, forestAgrees];
    given(...done)
      .when(concludes)
      .then('liandong.case.concluded.v1');
  });

  it('names an organ above, unless the lead passes the whole case up', () => {
    const nobody = { type: 'determine', ...agrees('land'), result: 'forward' } as const;
    given(...inReview)
      .when(deed(land, nobody))
      .refused({ code: 'recipient-missing', step: 'land' });
    for (const to of [organs.countyLand, organs.townshipSite])
      given(...inReview)
        .when(deed(land, { ...nobody, to }))
        .refused({ code: 'not-superior', tier: to.tier });
    given(...reviewing)
      .when(deed(countyLead, nobody))
      .then('liandong.case.determined.v1', { round: 1 });
  });

  it('of an opinion is just its answer', () => {
    const { matter } = given(...inReview)
      .when(deed(site, { type: 'giveOpinion', ...agrees('site'), result: 'forward' }))
      .then('liandong.case.opinionGiven.v1');
    expect(matter?.steps['site']).toMatchObject({ organ: organs.townshipSite, round: 1 });
  });

  it('stays with its organ when the lead passes the case up', () => {
    const leadOfRoads = { ...opening, lead: { tier: county, department: 'roads' } };
    const roads: Actor = { ...countyLead, department: 'roads' };
    const past = [
      deed(clerk, leadOfRoads),
      ...[preAccepts, accepts, { ...opensReview, by: roads }, landAgrees],
      deed(roads, { type: 'transferUp', to: organs.cityLead }, day(4)),
    ];
    const { matter } = stateAfter(...past);
    expect(matter?.steps).toMatchObject({
      land: { organ: organs.countyLand, round: 1 },
      site: { organ: organs.townshipSite, round: 1, due: endOf(7) },
    });
  });
});

describe('an answer that races a transfer', () => {
  it('has no effect and is brought before the lead', () => {
    const seen = stateAfter(...reviewing);
    const late = deed(countyLead, { type: 'determine', ...agrees('roads') });
    const state = race(seen, transfers, late);
    expect(state.matter?.obligations).toEqual([{ kind: 'lateOpinion', cause: hash(101), step: 'roads' }]);
    expect(state.matter?.steps['roads']?.answers).toEqual([]);
  });
});

describe('a takeover', () => {
  const takes = deed({ ...mayor, department: 'land' }, { type: 'takeOver', ground: 'inaction' });

  it('gives the lead to a superior tier and leaves steps and clock as they are', () => {
    const before = stateAfter(...reviewing).matter;
    const { matter } = given(...reviewing)
      .when(takes)
      .then('liandong.case.takenOver.v1', { ground: 'inaction' });
    expect(matter).toMatchObject({ lead: toCity, steps: before!.steps, clock: before!.clock });
    expect(matter?.takeovers).toEqual([{ from: organs.countyLand, to: toCity, at: day(0) }]);
  });

  it('is for tiers above the lead', () => {
    given(opens)
      .when({ ...takes, by: { ...mayor, tier: county } })
      .refused({ code: 'not-entitled', fact: 'takenOver' });
    given(...reviewing)
      .when({ ...takes, by: { ...mayor, tier: township } })
      .refused({ code: 'not-entitled' });
    given(...reviewing)
      .when({ ...takes, by: { ...mayor, tier: '430000' as TierCode } })
      .refused({ code: 'not-entitled' });
    const { department: _none, ...nobody } = mayor;
    given(...reviewing)
      .when({ ...takes, by: nobody })
      .refused({ code: 'not-entitled' });
  });

  it('comes before the decision', () => {
    const past = [...reviewing, deed(countyLead, { type: 'determine', ...refuses('land') })] as const;
    const rest = [
      deed(countyLead, { type: 'determine', ...agrees('roads') }),
      deed(countyLead, {
        type: 'conclude',
        result: '1',
        document: document(31),
        reasons: '不予批准',
        remedies: ['litigation'],
      }),
    ] as const;
    given(...past, ...rest)
      .when(takes)
      .refused({ code: 'case-ended', found: 'concluded' });
  });
});

describe('who leads', () => {
  it('follows the register even where the handover comes too late to change the case', () => {
    const takes = deed({ ...mayor, department: 'oversight' }, { type: 'takeOver', ground: 'outage' });
    const by = { role: 'governmentHead', department: 'oversight' } as const;
    const fact = { type: 'liandong.case.takenOver.v1', data: { by, ground: 'outage' } } as const;
    const end = stateAfter(...reviewed, concludes);
    const state = after(end, happening(fact, takes, 91, end));
    expect(state.matter).toMatchObject({
      status: 'concluded',
      lead: { tier: city, department: 'oversight' },
    });
    expect(state.withoutEffect.last).toMatchObject([{ hash: hash(91) }]);
  });

  it('is not changed by a handover that lost its mandate', () => {
    const seen = stateAfter(...reviewing);
    const decision = decide(transfers, seen);
    const [draft] = decision.ok ? decision.value : [];
    const lost = { ...happening(draft!, transfers, 92, seen), superseded: true };
    const state = after(seen, lost);
    expect(state.matter?.lead).toEqual(organs.countyLand);
    expect(state.withoutEffect.last).toEqual([{ hash: hash(92), reason: { code: 'superseded' } }]);
  });

  it('is asked of the fact’s own past: what an old lead said before it could know still counts', () => {
    const seen = stateAfter(...reviewing);
    const shares = deed(countyLead, { type: 'share', tiers: ['431022' as TierCode] });
    const state = race(seen, transfers, shares);
    expect(state.matter?.audience).toContain('431022');
    given(...reviewing, transfers)
      .when(shares)
      .refused({ code: 'not-entitled', fact: 'shared' });
  });

  it('is delivered by the counter that took the case in, whoever leads', () => {
    given(...reviewed, concludes)
      .when(delivers)
      .then('liandong.case.delivered.v1');
    given(opens, preAccepts, accepts)
      .when({ ...opensReview, by: cityLand })
      .refused({ code: 'not-entitled' });
  });
});
