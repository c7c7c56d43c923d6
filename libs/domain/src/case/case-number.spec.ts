import { describe, expect, it } from '@jest/globals';
import { given } from '../../test/case/given.ts';
import { clerk, deed, opening } from '../../test/case/sample.ts';
import { implementationNumber, numberByImplementation, validCaseNumber } from './case-number.ts';

const implementation = '11431000006332876C4430100000001';

describe('a case number', () => {
  it('is the implementation code, the day and the serial of the day', () => {
    expect(implementationNumber(implementation, '2026-03-02', 7)).toBe(`${implementation}202603020007`);
    expect(validCaseNumber(numberByImplementation(implementation, '2026-03-02', 7)).ok).toBe(true);
  });

  it.each([
    ['is short', `${implementation}20260302001`],
    ['names a day that is none', `${implementation}202602300001`],
    ['names a month that is none', `${implementation}202613020001`],
    ['has small letters', `${implementation.toLowerCase()}202603020001`],
    ['has more before it', `x${implementation}202603020001`],
  ])('is refused if it %s', (_how, value) => {
    const number = { profile: 'implementation31', value } as const;
    const refusal = { code: 'case-number-invalid', ...number };
    expect(validCaseNumber(number)).toEqual({ ok: false, refusal });
    given()
      .when(deed(clerk, { ...opening, number }))
      .refused(refusal as never);
  });

  it('follows its own profile where a department numbers otherwise', () => {
    const number = { profile: 'free', value: '桂自然资审〔2026〕12号', own: '12' } as const;
    given()
      .when(deed(clerk, { ...opening, number }))
      .then('liandong.case.opened.v1', { number });
  });
});
