import type { Result } from '@liandong/kernel';

/** yyyy-mm-dd, a calendar day in Asia/Shanghai. */
export type LocalDate = string;

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

/** A deadline people are shown: the last day, and the first instant at which it has passed. */
export type LegalDeadline = { readonly date: LocalDate; readonly expiresAt: string };

export type Counted<Value> = Result<Value, CalendarRefusal>;
