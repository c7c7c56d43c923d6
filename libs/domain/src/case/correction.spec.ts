import { describe, expect, it } from '@jest/globals';
import { given } from '../../test/case/given.ts';
import {
  accepts,
  applicant,
  clerk,
  countyFollower,
  day,
  type Deed,
  deed,
  document,
  endOf,
  lead,
  opens,
  organs,
  preAccepts,
  withdraws,
  without,
} from '../../test/case/sample.ts';

const demand = (...materials: readonly string[]): Deed =>
  deed(clerk, {
    type: 'requireCorrection',
    demands: materials.map((material) => ({ material, defect: 'missing' })),
  });
const supply = (...materials: readonly string[]): Deed =>
  deed(applicant, {
    type: 'supplyMaterial',
    supplied: materials.map((material, n) => ({ material, documents: [document(40 + n)] })),
  });
const incomplete = [deed(clerk, without('plan', 'survey')), preAccepts] as const;

describe('the correction notice', () => {
  it('lists what is to be supplied and until when', () => {
    const state = given(...incomplete)
      .when(demand('plan', 'survey'))
      .then('liandong.case.correctionRequired.v1', { due: endOf(21) });
    expect(state.matter?.correction).toMatchObject({ unmet: ['plan', 'survey'], times: 1 });
  });

  it('lists everything that is missing at once', () => {
    given(...incomplete)
      .when(demand('plan'))
      .refused({ code: 'correction-incomplete', materials: ['survey'] });
  });

  it('may also send back what is in the file and defective', () => {
    const state = given(opens, preAccepts).when(demand('plan')).then('liandong.case.correctionRequired.v1');
    expect(Object.keys(state.matter!.supplied)).toEqual(['form', 'survey']);
  });

  it('demands only what the guide names, and something', () => {
    given(...incomplete)
      .when(demand('plan', 'survey', 'blood-test'))
      .refused({ code: 'material-unknown', materials: ['blood-test'] });
    given(opens, preAccepts).when(demand()).refused({ code: 'correction-empty' });
  });

  it('comes within the notice period or not at all', () => {
    given(...incomplete)
      .when({ ...demand('plan', 'survey'), at: endOf(7) })
      .then('liandong.case.correctionRequired.v1');
    given(...incomplete)
      .when({ ...demand('plan', 'survey'), at: day(8) })
      .refused({ code: 'deadline-passed', due: endOf(7) });
  });

  it('exists only before acceptance', () => {
    given(opens, preAccepts, accepts)
      .when(demand('plan'))
      .refused({ code: 'wrong-status', found: 'accepted' });
    given(opens).when(demand('plan')).refused({ code: 'wrong-status', found: 'draft' });
    given(opens, withdraws).when(demand('plan')).refused({ code: 'case-ended', found: 'withdrawn' });
  });
});

describe('an unmet notice', () => {
  const noticed = [...incomplete, demand('plan', 'survey')] as const;

  it('may be repeated word for word', () => {
    given(...noticed)
      .when({ ...demand('survey', 'plan'), at: day(10) })
      .then('liandong.case.correctionRequired.v1');
  });

  it('admits no new demand', () => {
    given(...noticed)
      .when(demand('plan', 'survey', 'photos'))
      .refused({ code: 'correction-new-demands', materials: ['photos'] });
    given(...noticed, supply('plan', 'survey'))
      .when(demand('form'))
      .refused({ code: 'correction-new-demands', materials: ['form'] });
  });

  it('is repeated for what is still unmet, no more and no less', () => {
    given(...noticed, supply('plan'))
      .when(demand('survey'))
      .then('liandong.case.correctionRequired.v1');
    given(...noticed, supply('plan'))
      .when(demand('plan', 'survey'))
      .refused({ code: 'correction-differs', unmet: ['survey'] });
    given(...noticed)
      .when(demand('plan'))
      .refused({ code: 'correction-differs', unmet: ['plan', 'survey'] });
  });

  it('is over once met', () => {
    given(...noticed, supply('plan', 'survey'))
      .when(demand('plan'))
      .refused({ code: 'correction-met' });
    given(...noticed, supply('plan', 'survey'))
      .when(accepts)
      .then('liandong.case.accepted.v1');
  });

  it('stands in the way of acceptance, even for material that is not required', () => {
    given(opens, preAccepts, demand('photos'))
      .when(accepts)
      .refused({ code: 'material-missing', materials: ['photos'] });
  });

  it('ends the case once its time has passed, and not before', () => {
    const lapse = deed(countyFollower, { type: 'recordCorrectionLapse' });
    given(...noticed)
      .when({ ...lapse, at: endOf(21) })
      .refused({ code: 'deadline-not-passed', due: endOf(21) });
    const state = given(...noticed)
      .when({ ...lapse, at: day(22) })
      .then('liandong.case.correctionLapsed.v1');
    expect(state.matter).toMatchObject({ status: 'closed', closing: '5' });
    given(...noticed, supply('plan', 'survey'))
      .when({ ...lapse, at: day(22) })
      .refused({ code: 'no-deadline' });
    given(...noticed, withdraws)
      .when({ ...lapse, at: day(22) })
      .refused({ code: 'case-ended', found: 'withdrawn' });
    given(...noticed)
      .when(deed(clerk, { type: 'recordCorrectionLapse' }, day(22)))
      .refused({ code: 'not-entitled', fact: 'correctionLapsed' });
  });
});

describe('material', () => {
  it('is what the guide names, with at least one document', () => {
    given(opens)
      .when(supply('__proto__'))
      .refused({ code: 'material-unknown', materials: ['__proto__'] });
    given(opens)
      .when(deed(clerk, { type: 'supplyMaterial', supplied: [{ material: 'plan', documents: [] }] }))
      .refused({ code: 'nothing-supplied' });
  });

  it('is not asked for again by the tier a case was passed up to', () => {
    const county = deed(
      { ...clerk, department: 'land', roles: ['leadCoordinator'] },
      { type: 'transferUp', to: organs.cityLead },
    );
    const ledByCounty = deed(clerk, { ...without('plan'), lead: organs.countyLand });
    const past = given(ledByCounty, preAccepts, county);
    past
      .when({ ...demand('form', 'plan'), by: lead })
      .refused({ code: 'material-already-supplied', materials: ['form'] });
    past.when({ ...demand('plan'), by: lead }).then('liandong.case.correctionRequired.v1');
  });
});
