import { describe, expect, it } from '@jest/globals';
import type { TierCode } from '@liandong/kernel';
import fc from 'fast-check';
import { type CaseParts, entitledTo, mayHold, needs, type Part, parts } from './entitlement.ts';

const [city, county, township, other] = ['431000', '431021', '431021106', '431022'] as [
  TierCode,
  TierCode,
  TierCode,
  TierCode,
];

/** Taken in at the county, led by the city, an opinion asked of the township. */
const joint: CaseParts = {
  audience: [city, county, township],
  taken: [
    { tier: county, part: 'intake' },
    { tier: city, part: 'lead' },
    { tier: township, part: 'adviser' },
  ],
};

/** Written a second time and by hand: loosening the table alone makes this fail. */
const entitled: Readonly<Record<string, readonly Part[]>> = {
  applicantName: ['intake', 'lead', 'decider', 'adviser'],
  applicantIdentity: ['intake', 'lead', 'decider'],
  applicantPhone: ['intake', 'lead'],
  applicantAddress: ['intake', 'lead', 'decider', 'adviser'],
  agentName: ['intake', 'lead'],
  matter: ['intake', 'lead', 'decider', 'adviser', 'guest'],
  reasons: ['intake', 'lead', 'decider'],
  overrideReasons: ['intake', 'lead', 'decider'],
  note: ['intake', 'lead', 'decider'],
  question: ['lead', 'adviser'],
};

describe('a personal field of a case', () => {
  it('goes to those whose part needs it, and to nobody else', () => {
    expect([...needs.keys()].toSorted()).toEqual(Object.keys(entitled).toSorted());
    for (const [field, who] of Object.entries(entitled))
      for (const part of parts)
        expect([
          field,
          part,
          mayHold(field, city, { audience: [city], taken: [{ tier: city, part }] }),
        ]).toEqual([field, part, who.includes(part)]);
  });

  it('is told apart: who gives an opinion learns the name, not the identity number or the telephone', () => {
    expect(entitledTo('applicantName', joint)).toEqual([city, county, township]);
    expect(entitledTo('applicantIdentity', joint)).toEqual([city, county]);
    expect(entitledTo('applicantPhone', joint)).toEqual([city, county]);
  });

  it('stays away from a superior that only watches', () => {
    const watched: CaseParts = {
      audience: [city, county, township],
      taken: [
        { tier: township, part: 'intake' },
        { tier: county, part: 'lead' },
      ],
    };
    for (const field of needs.keys()) expect(mayHold(field, city, watched)).toBe(false);
  });

  it('stays away from a tier outside the audience, whatever part it claims', () => {
    const outside = { ...joint, taken: parts.map((part) => ({ tier: other, part })) };
    for (const field of needs.keys()) expect(mayHold(field, other, outside)).toBe(false);
  });

  it('goes to nobody under a name the table does not know', () => {
    const everything = { ...joint, taken: parts.map((part) => ({ tier: city, part })) };
    for (const field of ['name', 'toString', '__proto__', '', 'applicantname'])
      expect(mayHold(field, city, everything)).toBe(false);
  });

  it('is never taken back by a further part: entitlement only grows with the case', () => {
    const part = fc.record({
      tier: fc.constantFrom(city, county, township, other),
      part: fc.constantFrom(...parts),
    });
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 6 }),
        part,
        fc.constantFrom(...needs.keys()),
        (taken, more, field) => {
          const before = { audience: [city, county, township, other], taken };
          const after = entitledTo(field, { ...before, taken: [...taken, more] });
          return entitledTo(field, before).every((tier) => after.includes(tier));
        },
      ),
    );
  });
});
