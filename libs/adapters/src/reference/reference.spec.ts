import { describe, expect, it } from '@jest/globals';
import { addWorkingDays, isWorkingDay, legalDay, workingDaysBetween } from '@liandong/domain/calendar';
import { ok, refuse } from '@liandong/kernel';
import { division, divisionsUnder, villagesOf } from './divisions.ts';
import { publishedCalendar, publishedYear } from './working-years.ts';

describe('the divisions of the country', () => {
  it('give Chenzhou eleven county-level units and 162 townships', () => {
    const counties = divisionsUnder('431000');
    expect(counties).toHaveLength(11);
    expect(counties.flatMap(({ code }) => divisionsUnder(code))).toHaveLength(162);
    expect(new Set(counties.map(({ parent }) => parent))).toEqual(new Set(['431000']));
  });

  it('name a city, a county and a township', () => {
    expect(division('431000')).toEqual({ code: '431000', level: 'city', name: '郴州市' });
    expect(division('431021')).toEqual({
      code: '431021',
      level: 'county',
      name: '桂阳县',
      parent: '431000',
    });
    expect(division('431021106')).toEqual({
      code: '431021106',
      level: 'township',
      name: '流峰镇',
      parent: '431021',
    });
  });

  it('list the villages of a township', () => {
    const villages = villagesOf('431021106');
    expect(villages).toHaveLength(33);
    expect(villages[0]).toEqual({ code: '431021106001', name: '流市社区居委会' });
    expect(villages.at(-1)).toEqual({ code: '431021106259', name: '东塔村' });
  });

  it('hold the first and the last region of the list as well', () => {
    expect(division('110101001')?.name).toBe('东华门街道');
    expect(division('659012')?.name).toBe('白杨市');
    expect(villagesOf('110101001')[0]?.code).toBe('110101001001');
    expect(villagesOf('659012505').at(-1)).toEqual({ code: '659012505508', name: '八连生活区' });
    expect(['230521104', '141027101', '659012505'].map((code) => villagesOf(code).length)).toEqual([
      18, 16, 9,
    ]);
  });

  it('invent nothing', () => {
    expect(['431099', '431021999', '999900', '43', 'x'].map(division)).toEqual(
      Array.from({ length: 5 }, () => undefined),
    );
    expect(divisionsUnder('431021106')).toEqual([]);
    expect(villagesOf('431021999')).toEqual([]);
    expect(villagesOf('431021')).toEqual([]);
  });
});

describe('the published working days', () => {
  const calendar = publishedCalendar(2018, 2026);

  it('rest on the first seven days of October 2018, worked for on the weekend before', () => {
    const days = ['09-29', '09-30', '10-01', '10-02', '10-03', '10-04', '10-05', '10-06', '10-07', '10-08'];
    expect(days.map((day) => isWorkingDay(calendar, `2018-${day}`))).toEqual(
      [true, true, false, false, false, false, false, false, false, true].map(ok),
    );
    expect(addWorkingDays(calendar, '2018-09-28', 3)).toEqual(ok('2018-10-08'));
  });

  it('know the calendar of 2026', () => {
    expect(isWorkingDay(calendar, '2026-10-01')).toEqual(ok(false));
    expect(isWorkingDay(calendar, '2026-10-10')).toEqual(ok(true));
    expect(workingDaysBetween(calendar, '2025-12-31', '2026-12-31')).toEqual(ok(248));
  });

  it('count a limit over the end of a year', () => {
    expect(legalDay(calendar, '2018-12-28T10:00:00+08:00', 2)).toEqual(
      ok({ date: '2019-01-02', expiresAt: '2019-01-02T16:00:00.000Z' }),
    );
  });

  it('keep a year nobody has published unknown', () => {
    expect(publishedYear(2003)).toBeUndefined();
    expect(addWorkingDays(publishedCalendar(2017, 2018), '2018-12-31', 1)).toEqual(
      refuse({ code: 'calendar-year-missing', year: 2019 }),
    );
  });

  it('can be completed by a year the package does not hold yet', () => {
    const own = { year: 2099, holidays: ['2099-01-01'], extraWorkingDays: [] };
    const completed = publishedCalendar(2026, 2026, [own]);
    expect(isWorkingDay(completed, '2099-01-01')).toEqual(ok(false));
    expect(isWorkingDay(completed, '2099-01-02')).toEqual(ok(true));
  });
});
