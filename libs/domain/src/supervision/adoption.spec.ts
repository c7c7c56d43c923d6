import { describe, it } from '@jest/globals';
import { givenFor } from '@liandong/testing';
import { adoptedOf, sha256 } from '../../test/supervision/sample.ts';
import {
  type AdoptRules,
  adoptionDecider,
  hunan2018,
  type RulePack,
  type RulesAdopted,
  strict2026,
} from './index.ts';

const given = givenFor(adoptionDecider(sha256));
const today = '2018-06-01';
const adopt = (
  pack: RulePack,
  effectiveFrom: string,
  convention: AdoptRules['convention'] = 'started',
): AdoptRules => ({
  type: 'adoptRules',
  pack,
  convention,
  effectiveFrom,
  today,
});
const adopted = (
  pack: RulePack,
  effectiveFrom: string,
  convention: AdoptRules['convention'] = 'started',
): RulesAdopted => ({
  type: 'liandong.card.rulesAdopted.v1',
  data: { pack, pin: adoptedOf(pack).pin, convention, effectiveFrom },
});
const first = adopted(hunan2018, '2018-01-01');

describe('the rules of a tier', () => {
  it('are adopted whole and pinned, the first also for the past', () => {
    given().when(adopt(hunan2018, '2018-01-01')).then(first);
  });

  it('change from a day on that has not gone by', () => {
    given(first).when(adopt(strict2026, '2018-06-01')).then(adopted(strict2026, '2018-06-01'));
    given(first).when(adopt(strict2026, '2018-05-31')).refused({ code: 'rules-in-the-past', today });
    given(first)
      .when(adopt(strict2026, '2018-01-01'))
      .refused({ code: 'rules-not-later', after: '2018-01-01' });
  });

  it('may change in nothing but how they count, and are not adopted twice', () => {
    given(first)
      .when(adopt(hunan2018, '2018-07-01', 'elapsed'))
      .then(adopted(hunan2018, '2018-07-01', 'elapsed'));
    given(first)
      .when(adopt(hunan2018, '2018-07-01'))
      .refused({ code: 'rules-unchanged', pin: adoptedOf(hunan2018).pin });
  });

  it('are sound', () => {
    given()
      .when(adopt({ ...hunan2018, version: 0 }, '2018-01-01'))
      .refused({ code: 'rules-flawed', at: 'hunan-2018', flaw: 'version-malformed' });
    given()
      .when(adopt(hunan2018, 'soon'))
      .refused({ code: 'rules-flawed', at: 'effectiveFrom', flaw: 'date-malformed' });
  });
});
