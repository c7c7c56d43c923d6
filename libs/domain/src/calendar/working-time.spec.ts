import { describe, expect, it } from '@jest/globals';
import { ok, refuse, type Result } from '@liandong/kernel';
import fc from 'fast-check';
import {
  addDays,
  type CalendarYear,
  countReachedAt,
  startOfDay,
  workingDay,
  workingDays,
  workingTime,
} from './index.ts';

const value = <Value>(result: Result<Value, unknown>): Value => {
  if (result.ok) return result.value;
  throw new Error(JSON.stringify(result.refusal));
};

const dates = fc.integer({ min: 0, max: 3 * 365 }).map((n) => addDays('2018-01-01', n));
const anyYears = fc
  .tuple(fc.uniqueArray(dates, { maxLength: 60 }), fc.uniqueArray(dates, { maxLength: 60 }))
  .map(([holidays, extraWorkingDays]) =>
    [2018, 2019, 2020, 2021, 2022, 2023].map((year): CalendarYear => ({ year, holidays, extraWorkingDays })),
  );
const instants = fc
  .tuple(dates, fc.oneof(fc.constant(0), fc.nat(86_399_999)))
  .map(([date, ms]) => Date.parse(startOfDay(date)) + ms);
const amounts = fc.oneof(
  fc.nat(60 * workingDay),
  fc.nat(60).map((days) => days * workingDay),
);

const october = [{ year: 2018, holidays: ['2018-10-01'], extraWorkingDays: ['2018-09-29'] }];
const at = (text: string) => Date.parse(`${text}+08:00`);

describe('working time', () => {
  it('runs on working days only, and from midnight to midnight', () => {
    const time = workingTime(october);
    expect(time.between(at('2018-10-19T10:00:00'), at('2018-10-22T10:00:00'))).toEqual(ok(workingDay));
    expect(time.between(at('2018-09-29T00:00:00'), at('2018-09-30T00:00:00'))).toEqual(ok(workingDay));
    expect(time.between(at('2018-10-01T08:00:00'), at('2018-10-01T20:00:00'))).toEqual(ok(0));
    expect(time.between(at('2018-10-22T10:00:00'), at('2018-10-19T10:00:00'))).toEqual(ok(0));
  });

  it('begins what arrives on a rest day with the next working day', () => {
    expect(workingTime(october).after(at('2018-10-20T09:00:00'), 0)).toEqual(ok(at('2018-10-22T00:00:00')));
  });

  it('never ends on a rest day', () => {
    const friday = at('2018-10-19T00:00:00');
    expect(workingTime(october).after(friday, workingDay)).toEqual(ok(at('2018-10-22T00:00:00')));
  });

  it('stops at a year nobody published', () => {
    const time = workingTime(october);
    const missing = refuse({ code: 'calendar-year-missing', year: 2019 });
    expect(time.after(at('2018-12-31T10:00:00'), workingDay)).toEqual(missing);
    expect(time.between(at('2018-12-31T10:00:00'), at('2019-01-01T10:00:00'))).toEqual(missing);
    expect(time.between(at('2018-12-31T10:00:00'), at('2019-01-01T00:00:00'))).toEqual(ok(14 * 3_600_000));
    expect(time.after(at('2017-12-31T10:00:00'), 0)).toEqual(
      refuse({ code: 'calendar-year-missing', year: 2017 }),
    );
  });

  it('is the count of supervision, from any receipt to any number', () => {
    fc.assert(
      fc.property(anyYears, instants, fc.nat(90), (years, from, count) => {
        const counted = countReachedAt(workingDays(years), 'elapsed', new Date(from).toISOString(), count);
        const reached = value(workingTime(years).after(from, count * workingDay));
        // At midnight sharp a day ends where the next working day begins.
        const settled = value(workingTime(years).after(Date.parse(value(counted)), 0));
        expect(new Date(reached).toISOString()).toBe(new Date(settled).toISOString());
      }),
    );
  });

  it('measures what it adds, and adds in any parts', () => {
    fc.assert(
      fc.property(anyYears, instants, amounts, amounts, (years, from, a, b) => {
        const time = workingTime(years);
        const first = value(time.after(from, a));
        expect(time.between(from, first)).toEqual(ok(a));
        expect(time.after(first, b)).toEqual(time.after(from, a + b));
      }),
    );
  });
});
