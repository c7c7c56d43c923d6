import { describe, expect, it } from '@jest/globals';
import { ok, refuse } from '@liandong/kernel';
import { givenFor } from '@liandong/testing';
import {
  nextOpening,
  type OfficeHoursSet,
  officeHoursDecider,
  type OpenPeriod,
  type SetOfficeHours,
  workingDays,
} from './index.ts';

const given = givenFor(officeHoursDecider);

const periods: readonly OpenPeriod[] = [
  { opens: '09:00', closes: '12:00' },
  { opens: '13:30', closes: '17:00' },
];
const set: SetOfficeHours = { type: 'setOfficeHours', effectiveFrom: '2018-01-01', periods };
const hours: OfficeHoursSet = {
  type: 'liandong.calendar.officeHoursSet.v1',
  data: { effectiveFrom: '2018-01-01', periods },
};
const calendar = workingDays([{ year: 2018, holidays: ['2018-10-01'], extraWorkingDays: [] }]);
const opening = (at: string) => nextOpening(calendar, [hours.data], `${at}+08:00`);
const at = (text: string) => ok(new Date(`${text}+08:00`).toISOString());

describe('the hours of a service centre', () => {
  it('are set, and set anew from a later day', () => {
    given().when(set).then(hours);
    given(hours).when(set).refused({ code: 'office-hours-not-later', after: '2018-01-01' });
  });

  it('follow one another within a day', () => {
    const wrong: readonly (readonly [readonly OpenPeriod[], string])[] = [
      [[], ''],
      [[{ opens: '9:00', closes: '12:00' }], '9:00'],
      [[{ opens: '09:00', closes: '24:00' }], '24:00'],
      [[{ opens: '12:00', closes: '09:00' }], '09:00'],
      [[...periods].reverse(), '09:00'],
    ];
    for (const [bad, value] of wrong) {
      given()
        .when({ ...set, periods: bad })
        .refused({ code: 'office-hours-malformed', value });
    }
    given()
      .when({ ...set, effectiveFrom: 'soon' })
      .refused({ code: 'office-hours-malformed', value: 'soon' });
  });
});

describe('what arrives', () => {
  it('while the doors are open arrives then', () => {
    expect(opening('2018-10-15T10:00:00')).toEqual(at('2018-10-15T10:00:00'));
  });

  it('before they open, or over midday, arrives when they open', () => {
    expect(opening('2018-10-15T07:00:00')).toEqual(at('2018-10-15T09:00:00'));
    expect(opening('2018-10-15T12:00:00')).toEqual(at('2018-10-15T13:30:00'));
  });

  it('after they close, or on a rest day, arrives on the next working day', () => {
    expect(opening('2018-10-19T17:00:00')).toEqual(at('2018-10-22T09:00:00'));
    expect(opening('2018-10-01T10:00:00')).toEqual(at('2018-10-02T09:00:00'));
  });

  it('at a centre that never said its hours is not guessed at', () => {
    expect(nextOpening(calendar, [], '2018-10-15T10:00:00+08:00')).toEqual(
      refuse({ code: 'office-hours-missing', date: '2018-10-15' }),
    );
    expect(nextOpening(calendar, [hours.data], '2019-10-15T10:00:00+08:00')).toEqual(
      refuse({ code: 'calendar-year-missing', year: 2019 }),
    );
    expect(nextOpening(calendar, [hours.data], 'soon')).toEqual(
      refuse({ code: 'calendar-date-malformed', value: 'soon' }),
    );
  });
});
