import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { fold, type Sha256, type TierCode } from '@liandong/kernel';
import { givenFor } from '@liandong/testing';
import {
  calendarPin,
  type CalendarYear,
  type CorrectYear,
  type PublishYear,
  workingDaysDecider,
  workingDaysStream,
  type YearCorrected,
  type YearPublished,
} from './index.ts';

const given = givenFor(workingDaysDecider);
const sha256: Sha256 = (...parts) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

const year: CalendarYear = { year: 2018, holidays: ['2018-10-01'], extraWorkingDays: ['2018-09-29'] };
const better: CalendarYear = { ...year, holidays: ['2018-09-24', '2018-10-01'] };
const source = '国务院办公厅关于2018年部分节假日安排的通知';
const reason = { zh: '漏列中秋节', en: 'Mid-Autumn Day was left out' };

const publish: PublishYear = { type: 'publishYear', level: 'city', year, source };
const correct: CorrectYear = { type: 'correctYear', level: 'city', year: better, source, reason };
const published: YearPublished = {
  type: 'liandong.calendar.yearPublished.v1',
  data: { ...year, source },
};
const corrected: YearCorrected = {
  type: 'liandong.calendar.yearCorrected.v1',
  data: { ...better, source, reason },
};

describe('the working days of a region', () => {
  it('are published by the city, and corrected with a reason', () => {
    given().when(publish).then(published);
    given(published).when(correct).then(corrected);
  });

  it('are no business of a county or a township', () => {
    given()
      .when({ ...publish, level: 'county' })
      .refused({ code: 'calendar-city-only' });
    given(published)
      .when({ ...correct, level: 'township' })
      .refused({ code: 'calendar-city-only' });
  });

  it('are published once, and corrected only after that and only to something else', () => {
    given(published).when(publish).refused({ code: 'calendar-year-already-published', year: 2018 });
    given().when(correct).refused({ code: 'calendar-year-not-published', year: 2018 });
    given(published)
      .when({ ...correct, year })
      .refused({ code: 'calendar-year-unchanged', year: 2018 });
  });

  it('stand in order of their dates, whatever order they were sent in', () => {
    const holidays = ['2018-10-01', '2018-09-24'];
    given(published)
      .when({ ...correct, year: { ...better, holidays } })
      .then(corrected);
  });

  it('name the notice they come from', () => {
    given()
      .when({ ...publish, source: ' ' })
      .refused({ code: 'calendar-source-missing' });
  });

  it('are real days of their year, each once, and differ from Monday to Friday', () => {
    const wrong: readonly (readonly [Partial<CalendarYear>, string, string])[] = [
      [{ holidays: ['2018-02-30'] }, '2018-02-30', 'malformed'],
      [{ holidays: ['2019-10-01'] }, '2019-10-01', 'ofAnotherYear'],
      [{ holidays: ['2018-10-06'] }, '2018-10-06', 'isWeekend'],
      [{ extraWorkingDays: ['2018-10-08'] }, '2018-10-08', 'isWeekday'],
      [{ holidays: ['2018-10-01', '2018-10-01'] }, '2018-10-01', 'twice'],
    ];
    for (const [change, day, flaw] of wrong) {
      given()
        .when({ ...publish, year: { ...year, ...change } })
        .refused({ code: 'calendar-day-wrong', day, flaw: flaw as 'twice' });
    }
  });

  it('are named by their city, their version and their content', () => {
    const city = '431000' as TierCode;
    const pinOf = (...facts: readonly (YearPublished | YearCorrected)[]) =>
      calendarPin(sha256, city, fold(workingDaysDecider, facts));
    expect(pinOf(published)).toMatch(/^431000@1#[0-9a-f]{64}$/);
    expect(pinOf(published, corrected)).toMatch(/^431000@2#[0-9a-f]{64}$/);
    expect(pinOf(published).slice(9)).not.toBe(pinOf(published, corrected).slice(9));
    expect(workingDaysStream(city)).toBe('calendar-431000.workingDays');
  });
});
