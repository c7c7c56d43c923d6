import { ok, refuse, type Result } from '@liandong/kernel';
import { addDays, isWeekend, type LocalDate } from './local-date.ts';
import type { CalendarYear } from './working-days.ts';

/** A day in the region's own time: UTC+8 all year. */
const offset = 8 * 3_600_000;

/** A working day is worth this much, whenever in it the doors are open. */
export const workingDay = 86_400_000;

export type YearMissing = { readonly code: 'calendar-year-missing'; readonly year: number };

/**
 * Time as legal clocks run it: a working day from midnight to midnight counts, a rest
 * day does not. Instants are milliseconds since 1970. Every answer costs a search in a
 * year's table, however long the span, and a year that nobody published is refused.
 */
export type WorkingTime = {
  /**
   * The first instant at which the clock has run for `amount` and runs on. On a boundary
   * that is the start of the next working day, not the end of the last one.
   */
  readonly after: (from: number, amount: number) => Result<number, YearMissing>;
  /** How long the clock runs between two instants; 0 when `to` is not later. */
  readonly between: (from: number, to: number) => Result<number, YearMissing>;
  /** The day in the region on which an instant falls, worked or not. */
  readonly dateOf: (instant: number) => LocalDate;
};

/** The working days of one year as days since 1970, ascending. */
type Table = Int32Array;

export const workingTime = (years: Iterable<CalendarYear>): WorkingTime => {
  const tables = new Map([...years].map((year) => [year.year, tableOf(year)]));

  const tableAt = (year: number): Result<Table, YearMissing> => {
    const table = tables.get(year);
    return table === undefined ? refuse({ code: 'calendar-year-missing', year }) : ok(table);
  };

  const after: WorkingTime['after'] = (from, amount) => {
    const local = from + offset;
    const today = dayAt(from);
    let left = amount;
    for (let year = yearOfDay(today), first = today; ; year++, first = 0) {
      const table = tableAt(year);
      if (!table.ok) return table;
      let at = indexFrom(table.value, first);
      if (table.value[at] === today) {
        const rest = (today + 1) * workingDay - local;
        if (left < rest) return ok(from + left);
        left -= rest;
        at++;
      }
      const whole = Math.min(Math.floor(left / workingDay), table.value.length - at);
      left -= whole * workingDay;
      const day = table.value[at + whole];
      if (day !== undefined) return ok(day * workingDay + left - offset);
    }
  };

  const between: WorkingTime['between'] = (from, to) => {
    let sum = 0;
    const last = yearOfDay(dayAt(to - 1));
    for (let year = yearOfDay(dayAt(from)); from < to && year <= last; year++) {
      const table = tableAt(year);
      if (!table.ok) return table;
      sum += worked(table.value, to + offset) - worked(table.value, from + offset);
    }
    return ok(sum);
  };

  return { after, between, dateOf: (instant) => dateOfDay(dayAt(instant)) };
};

const tableOf = ({ year, holidays, extraWorkingDays }: CalendarYear): Table => {
  const off = new Set(holidays);
  const extra = new Set(extraWorkingDays);
  const days: number[] = [];
  const first = `${year}-01-01`;
  for (let date = first, day = dayOfDate(first); date <= `${year}-12-31`; date = addDays(date, 1), day++) {
    if (isWeekend(date) ? extra.has(date) : !off.has(date)) days.push(day);
  }
  return Int32Array.from(days);
};

/** The place of the first day of a table that is not before `day`. */
const indexFrom = (table: Table, day: number): number => {
  let low = 0;
  let high = table.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((table[middle] ?? day) < day) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** How long the clock ran within a year's table before a local instant. */
const worked = (table: Table, local: number): number => {
  const day = Math.floor(local / workingDay);
  const at = indexFrom(table, day);
  return at * workingDay + (table[at] === day ? local - day * workingDay : 0);
};

const dayAt = (instant: number): number => Math.floor((instant + offset) / workingDay);
const dayOfDate = (date: LocalDate): number => Date.parse(`${date}T00:00:00Z`) / workingDay;
const dateOfDay = (day: number): LocalDate => new Date(day * workingDay).toISOString().slice(0, 10);
const yearOfDay = (day: number): number => new Date(day * workingDay).getUTCFullYear();
