import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ok, refuse, type Result } from '@liandong/kernel';
import {
  addDays,
  addWorkingDays,
  type CalendarYear,
  countReachedAt,
  isWorkingDay,
  legalDay,
  localDate,
  nextWorkingDay,
  startOfDay,
  workingDayFrom,
  workingDays,
  workingDaysBetween,
} from './index.ts';

/** State Council notices of 2017 and 2018, the part the examples need. */
const year2018: CalendarYear = {
  year: 2018,
  holidays: [
    '2018-09-24',
    '2018-10-01',
    '2018-10-02',
    '2018-10-03',
    '2018-10-04',
    '2018-10-05',
    '2018-12-31',
  ],
  extraWorkingDays: ['2018-09-29', '2018-09-30', '2018-12-29'],
};
const calendar = workingDays([year2018]);

const received = '2018-10-15T10:00:00+08:00';

describe('a working day', () => {
  it('is Monday to Friday unless the calendar says otherwise', () => {
    expect(isWorkingDay(calendar, '2018-10-15')).toEqual(ok(true));
    expect(isWorkingDay(calendar, '2018-10-20')).toEqual(ok(false));
  });

  it('is not a weekday holiday', () => {
    expect(isWorkingDay(calendar, '2018-10-01')).toEqual(ok(false));
  });

  it('is a weekend day worked in exchange', () => {
    expect(isWorkingDay(calendar, '2018-09-29')).toEqual(ok(true));
  });

  it('of a year nobody published is unknown, never guessed', () => {
    expect(isWorkingDay(calendar, '2019-01-02')).toEqual(
      refuse({ code: 'calendar-year-missing', year: 2019 }),
    );
  });

  it('is asked by a real date', () => {
    for (const value of ['2018-02-30', '2018-1-2', '', 'x'.repeat(10)]) {
      expect(isWorkingDay(calendar, value)).toEqual(refuse({ code: 'calendar-date-malformed', value }));
    }
  });
});

describe('counting working days', () => {
  it('skips the seven days of the October holiday', () => {
    expect(addWorkingDays(calendar, '2018-09-30', 1)).toEqual(ok('2018-10-08'));
    expect(nextWorkingDay(calendar, '2018-09-28')).toEqual(ok('2018-09-29'));
  });

  it('gives the date itself back for none', () => {
    expect(addWorkingDays(calendar, '2018-10-01', 0)).toEqual(ok('2018-10-01'));
    expect(addWorkingDays(calendar, '2018-02-30', 0)).toEqual(
      refuse({ code: 'calendar-date-malformed', value: '2018-02-30' }),
    );
  });

  it('stops at the end of the published years with the missing year', () => {
    expect(addWorkingDays(calendar, '2018-12-28', 2)).toEqual(
      refuse({ code: 'calendar-year-missing', year: 2019 }),
    );
    expect(workingDaysBetween(calendar, '2018-12-28', '2019-01-02')).toEqual(
      refuse({ code: 'calendar-year-missing', year: 2019 }),
    );
  });

  it('refuses a number of days no limit has', () => {
    for (const days of [-1, 1.5, Number.NaN, 10_001]) {
      expect(addWorkingDays(calendar, '2018-10-15', days)).toEqual(
        refuse({ code: 'calendar-days-out-of-range', days }),
      );
    }
  });

  it('starts a rest day with the next working day', () => {
    expect(workingDayFrom(calendar, '2018-10-06')).toEqual(ok('2018-10-08'));
    expect(workingDayFrom(calendar, '2018-10-08')).toEqual(ok('2018-10-08'));
    expect(workingDayFrom(calendar, '2017-12-31')).toEqual(
      refuse({ code: 'calendar-year-missing', year: 2017 }),
    );
  });
});

describe('a limit of law', () => {
  it('excludes the day of receipt and ends with its last day in Shanghai', () => {
    expect(legalDay(calendar, received, 5)).toEqual(
      ok({ date: '2018-10-22', expiresAt: '2018-10-22T16:00:00.000Z' }),
    );
  });

  it('takes the day of receipt from the clock in Shanghai, not from UTC', () => {
    expect(legalDay(calendar, '2018-10-15T15:59:59.999Z', 1)).toEqual(
      ok({ date: '2018-10-16', expiresAt: '2018-10-16T16:00:00.000Z' }),
    );
    expect(legalDay(calendar, '2018-10-15T16:00:00.000Z', 1)).toEqual(
      ok({ date: '2018-10-17', expiresAt: '2018-10-17T16:00:00.000Z' }),
    );
  });

  it('counts what arrives on a rest day from the next working day', () => {
    expect(legalDay(calendar, '2018-10-20T09:00:00+08:00', 1)).toEqual(
      ok({ date: '2018-10-22', expiresAt: '2018-10-22T16:00:00.000Z' }),
    );
  });

  it('of no days ends with the day of receipt, or with the next working day', () => {
    expect(legalDay(calendar, received, 0)).toEqual(
      ok({ date: '2018-10-15', expiresAt: '2018-10-15T16:00:00.000Z' }),
    );
    expect(legalDay(calendar, '2018-10-20T09:00:00+08:00', 0)).toEqual(
      ok({ date: '2018-10-22', expiresAt: '2018-10-22T16:00:00.000Z' }),
    );
    expect(legalDay(calendar, '2019-10-15T10:00:00+08:00', 0)).toEqual(
      refuse({ code: 'calendar-year-missing', year: 2019 }),
    );
  });

  it('needs an instant that names its zone', () => {
    for (const value of ['2018-10-15T10:00:00', '2018-10-15', 'soon']) {
      expect(legalDay(calendar, value, 5)).toEqual(refuse({ code: 'calendar-date-malformed', value }));
    }
  });
});

describe('the count of supervision', () => {
  const at = (day: string): Result<string, never> => ok(`2018-10-${day}T02:00:00.000Z`);

  it('reaches the golden thresholds of a case received Monday 2018-10-15 at ten', () => {
    const started = (count: number) => countReachedAt(calendar, 'started', received, count);
    expect(started(7 - 2)).toEqual(at('19'));
    expect(started(7 + 1)).toEqual(at('24'));
    expect(started(7 + 2)).toEqual(at('25'));
    expect(started(10 + 1)).toEqual(at('29'));
    expect(started(2 + 1)).toEqual(at('17'));
  });

  it('is one working day later when only elapsed days count', () => {
    expect(countReachedAt(calendar, 'elapsed', received, 5)).toEqual(at('22'));
  });

  it('needs an instant and a published year', () => {
    expect(countReachedAt(calendar, 'started', '2018-10-15', 5)).toEqual(
      refuse({ code: 'calendar-date-malformed', value: '2018-10-15' }),
    );
    expect(countReachedAt(calendar, 'started', '2019-10-15T10:00:00+08:00', 1)).toEqual(
      refuse({ code: 'calendar-year-missing', year: 2019 }),
    );
    expect(countReachedAt(calendar, 'started', '2018-12-28T10:00:00+08:00', 3)).toEqual(
      refuse({ code: 'calendar-year-missing', year: 2019 }),
    );
    expect(countReachedAt(calendar, 'started', received, 0)).toEqual(
      refuse({ code: 'calendar-days-out-of-range', days: -1 }),
    );
  });

  it('starts at midnight for what arrives on a rest day', () => {
    expect(countReachedAt(calendar, 'elapsed', '2018-10-20T09:00:00+08:00', 0)).toEqual(
      ok('2018-10-21T16:00:00.000Z'),
    );
  });
});

const dates = fc.integer({ min: 0, max: 364 + 365 }).map((n) => addDays('2018-01-01', n));
const anyCalendar = fc
  .tuple(fc.uniqueArray(dates), fc.uniqueArray(dates))
  .map(([holidays, extraWorkingDays]) =>
    workingDays([2018, 2019, 2020, 2021, 2022].map((year) => ({ year, holidays, extraWorkingDays }))),
  );
const value = <Value>(result: Result<Value, unknown>): Value => {
  if (result.ok) return result.value;
  throw new Error(JSON.stringify(result.refusal));
};

describe('in any calendar', () => {
  it('adding and counting undo each other', () => {
    fc.assert(
      fc.property(anyCalendar, dates, fc.nat(200), (days, from, n) => {
        const to = value(addWorkingDays(days, from, n));
        expect(value(workingDaysBetween(days, from, to))).toBe(n);
      }),
    );
  });

  it('a sum of days is the days one after the other', () => {
    fc.assert(
      fc.property(anyCalendar, dates, fc.nat(60), fc.nat(60), (days, from, a, b) => {
        const step = value(addWorkingDays(days, from, a));
        expect(addWorkingDays(days, step, b)).toEqual(addWorkingDays(days, from, a + b));
      }),
    );
  });

  it('every counted day is worked, and none between two of them', () => {
    fc.assert(
      fc.property(anyCalendar, dates, (days, from) => {
        const next = value(nextWorkingDay(days, from));
        expect(isWorkingDay(days, next)).toEqual(ok(true));
        for (let day = addDays(from, 1); day < next; day = addDays(day, 1)) {
          expect(isWorkingDay(days, day)).toEqual(ok(false));
        }
      }),
    );
  });

  it('a limit never ends on a rest day, nor before the same limit received earlier', () => {
    const instants = fc
      .tuple(dates, fc.nat(86_399_999))
      .map(([date, ms]) => new Date(Date.parse(startOfDay(date)) + ms).toISOString());
    fc.assert(
      fc.property(anyCalendar, instants, instants, fc.integer({ min: 1, max: 90 }), (days, a, b, n) => {
        const [early, late] = [a, b].sort();
        const first = value(legalDay(days, early ?? a, n));
        const second = value(legalDay(days, late ?? b, n));
        expect(isWorkingDay(days, first.date)).toEqual(ok(true));
        expect(first.expiresAt <= second.expiresAt).toBe(true);
        expect(localDate(first.expiresAt)).toBe(addDays(first.date, 1));
      }),
    );
  });
});
