import { ok, refuse, type Result } from '@liandong/kernel';
import { addDays, isLocalDate, isWeekend, type LocalDate, yearOf } from './local-date.ts';

/** One published year: only what differs from Monday to Friday. */
export type CalendarYear = {
  readonly year: number;
  /** Weekdays off. */
  readonly holidays: readonly LocalDate[];
  /** Weekend days worked in exchange (调休). */
  readonly extraWorkingDays: readonly LocalDate[];
};

/** Working days of the years that were published. Every other year is unknown, and asking for it is refused. */
export type WorkingDays = ReadonlyMap<
  number,
  { readonly holidays: ReadonlySet<LocalDate>; readonly extraWorkingDays: ReadonlySet<LocalDate> }
>;

export type CalendarRefusal =
  | { readonly code: 'calendar-year-missing'; readonly year: number }
  | { readonly code: 'calendar-date-malformed'; readonly value: string }
  | { readonly code: 'calendar-days-out-of-range'; readonly days: number };

export type Counted<Value> = Result<Value, CalendarRefusal>;

/** The same year published twice: the later publication stands. */
export const workingDays = (years: readonly CalendarYear[]): WorkingDays =>
  new Map(
    years.map(({ year, holidays, extraWorkingDays }) => [
      year,
      { holidays: new Set(holidays), extraWorkingDays: new Set(extraWorkingDays) },
    ]),
  );

export const isWorkingDay = (calendar: WorkingDays, date: LocalDate): Counted<boolean> => {
  if (!isLocalDate(date)) return refuse({ code: 'calendar-date-malformed', value: date });
  const year = calendar.get(yearOf(date));
  if (year === undefined) return refuse({ code: 'calendar-year-missing', year: yearOf(date) });
  return ok(isWeekend(date) ? year.extraWorkingDays.has(date) : !year.holidays.has(date));
};

/** The first working day after a date. */
export const nextWorkingDay = (calendar: WorkingDays, date: LocalDate): Counted<LocalDate> =>
  addWorkingDays(calendar, date, 1);

/** The date itself if it is worked, else the first working day after it. */
export const workingDayFrom = (calendar: WorkingDays, date: LocalDate): Counted<LocalDate> => {
  const working = isWorkingDay(calendar, date);
  if (!working.ok) return working;
  return working.value ? ok(date) : nextWorkingDay(calendar, date);
};

/** More than any limit in law; keeps a mistyped number from walking through centuries. */
const mostDays = 10_000;

/** The nth working day after a date; the date itself never counts, and `days` 0 gives it back. */
export const addWorkingDays = (calendar: WorkingDays, date: LocalDate, days: number): Counted<LocalDate> => {
  if (!Number.isInteger(days) || days < 0 || days > mostDays) {
    return refuse({ code: 'calendar-days-out-of-range', days });
  }
  if (!isLocalDate(date)) return refuse({ code: 'calendar-date-malformed', value: date });
  let day = date;
  for (let left = days; left > 0;) {
    day = addDays(day, 1);
    const working = isWorkingDay(calendar, day);
    if (!working.ok) return working;
    if (working.value) left--;
  }
  return ok(day);
};

/** How many working days lie after `from`, up to and including `to`; 0 when `to` is not later. */
export const workingDaysBetween = (
  calendar: WorkingDays,
  from: LocalDate,
  to: LocalDate,
): Counted<number> => {
  for (const date of [from, to]) {
    if (!isLocalDate(date)) return refuse({ code: 'calendar-date-malformed', value: date });
  }
  let count = 0;
  for (let day = from; day < to;) {
    day = addDays(day, 1);
    const working = isWorkingDay(calendar, day);
    if (!working.ok) return working;
    if (working.value) count++;
  }
  return ok(count);
};
