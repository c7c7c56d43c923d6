import { publishedCalendar, publishedYear } from '@liandong/adapters/reference';
import { type CalendarYear, legalDay as endOfLimit, type WorkingDays } from '@liandong/domain/calendar';
import type { LegalDay } from '@liandong/domain/case';
import { ok, refuse } from '@liandong/kernel';

const firstYear = 2004;
const years = 60;

/**
 * The working days of every published year. A year nobody has published yet stays
 * unknown, and a limit that reaches into it is refused by name.
 */
export const officialCalendar = (): WorkingDays => publishedCalendar(firstYear, firstYear + years);

/**
 * For a demonstration network only: a year that nobody has published yet counts Monday
 * to Friday and knows no holidays, so that the demonstration also runs in December.
 */
export const demonstrationCalendar = (): WorkingDays =>
  publishedCalendar(
    firstYear,
    firstYear + years,
    Array.from({ length: years }, (_, n) => firstYear + n)
      .filter((year) => publishedYear(year) === undefined)
      .map((year): CalendarYear => ({ year, holidays: [], extraWorkingDays: [] })),
  );

/** A limit as cases count it: the last instant of its last day. */
export const legalDayIn =
  (calendar: WorkingDays): LegalDay =>
  (from, days) => {
    const end = endOfLimit(calendar, from, days);
    if (end.ok) return ok(new Date(Date.parse(end.value.expiresAt) - 1).toISOString());
    if (end.refusal.code === 'calendar-year-missing') return refuse(end.refusal);
    throw new Error(`a limit of ${days} days from ${from} cannot be counted: ${end.refusal.code}`);
  };
