import { describe, expect, it } from '@jest/globals';
import { fold, type TierCode } from '@liandong/kernel';
import { effective, type EraseFields, erasureDecider, type PrivacyFact } from './erasure.ts';
import { erasureGrounds, namesErased } from './erasure-facts.ts';

const [county, city] = ['431021', '431000'] as [TierCode, TierCode];
const ended = '2014-02-28T09:00:00.000Z';

const withheld = (tier: TierCode, ...digests: string[]): PrivacyFact => ({ type: 'withheld', tier, digests });
const erased = (tier: TierCode, ...digests: string[]): PrivacyFact => ({ type: 'erased', tier, digests });
const given = (...facts: PrivacyFact[]) => fold(erasureDecider, facts);

const asked = (change: Partial<EraseFields> = {}): EraseFields => ({
  type: 'eraseFields',
  digests: ['b', 'a'],
  ground: 'retentionExpired',
  by: { tier: county, roles: ['dataProtection'], department: '11431021006405556C' },
  at: '2026-03-02T01:00:00.000Z',
  endedAt: ended,
  retentionYears: 10,
  ...change,
});

const known = given(withheld(county, 'a', 'b'), withheld(city, 'c'));
const refusal = (change: Partial<EraseFields>, state = known) => {
  const decided = erasureDecider.decide(asked(change), state);
  return decided.ok ? undefined : decided.refusal;
};

describe('erasing personal fields', () => {
  it('records which, why, under which clause, and in whose capacity; never the field itself', () => {
    expect(erasureDecider.decide(asked(), known)).toEqual({
      ok: true,
      value: [
        {
          type: 'liandong.privacy.erased.v1',
          data: {
            digests: ['a', 'b'],
            ground: 'retentionExpired',
            law: 'PIPL-47.1.2',
            by: { role: 'dataProtection', department: '11431021006405556C' },
          },
        },
      ],
    });
  });

  it('is for those who answer for data protection at the author’s own tier', () => {
    expect(refusal({ by: { tier: county, roles: ['operator', 'organHead'] } })).toEqual({
      code: 'not-data-protection',
    });
    expect(refusal({ by: { tier: city, roles: ['dataProtection'] } })).toEqual({
      code: 'author-elsewhere',
      digests: ['a', 'b'],
      tiers: [county],
    });
    expect(refusal({ digests: ['a', 'c'] })).toEqual({
      code: 'author-elsewhere',
      digests: ['c'],
      tiers: [city],
    });
  });

  it('is refused for a digest that no event carries, for none, and twice', () => {
    expect(refusal({ digests: ['a', 'x'] })).toEqual({ code: 'digest-unknown', digests: ['x'] });
    expect(refusal({ digests: [] })).toEqual({ code: 'nothing-to-erase' });
    const once = given(withheld(county, 'a', 'b'), erased(county, 'a'));
    expect(refusal({}, once)).toEqual({ code: 'already-erased', digests: ['a'] });
    expect(refusal({ digests: ['b'] }, once)).toBeUndefined();
  });

  it('waits until the record need not be kept any longer, to the instant', () => {
    const until = '2024-02-28T09:00:00.000Z';
    const early = { at: '2024-02-28T08:59:59.999Z' };
    expect(refusal({ ...early })).toEqual({ code: 'retention-running', until });
    expect(refusal({ at: until })).toBeUndefined();
    expect(refusal({ endedAt: undefined })).toEqual({ code: 'retention-running' });
    for (const ground of erasureGrounds)
      expect([ground, refusal({ ...early, ground })?.code]).toEqual([
        ground,
        ground === 'unlawful' ? undefined : 'retention-running',
      ]);
    expect(refusal({ endedAt: undefined, ground: 'unlawful' })).toBeUndefined();
  });
});

describe('an erasure by another tier', () => {
  it('has no effect on fields it did not write, also if it copies their digest', () => {
    const state = given(withheld(county, 'a'), withheld(city, 'a', 'c'), erased(city, 'a', 'c'));
    expect([...state.erased]).toEqual(['c']);
    expect(effective(state, city, ['a', 'c', 'x'])).toEqual(['c']);
    expect(effective(state, county, ['a', 'c', 'x'])).toEqual(['a']);
  });
});

describe('an event', () => {
  it('erases what it names, if it is an erasure', () => {
    const event = { type: 'liandong.privacy.erased.v1', data: { digests: ['a', 'b', 7] } };
    expect(namesErased(event, ['a'])).toBe(true);
    expect(namesErased(event, ['a', 'c'])).toBe(false);
    expect(namesErased(event, [])).toBe(false);
    expect(namesErased({ ...event, type: 'liandong.case.filed.v1' }, ['a'])).toBe(false);
    for (const data of [undefined, null, 'a', {}, { digests: 'a' }])
      expect(namesErased({ ...event, data }, ['a'])).toBe(false);
  });
});
