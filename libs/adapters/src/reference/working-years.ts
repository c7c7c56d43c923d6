import { createRequire } from 'node:module';
import {
  type CalendarYear,
  isLocalDate,
  isWeekend,
  workingDays,
  type WorkingDays,
} from '@liandong/domain/calendar';

const require = createRequire(import.meta.url);

type Published = {
  readonly holidays: Readonly<Record<string, unknown>>;
  readonly workdays: Readonly<Record<string, unknown>>;
};

/**
 * One year as the State Council published it; `undefined` for a year that the package
 * does not hold. The list names whole holidays, weekends included; a calendar keeps
 * only the days that differ from Monday to Friday.
 */
export const publishedYear = (year: number): CalendarYear | undefined => {
  const published = yearFile(year);
  if (published === undefined) return undefined;
  const days = (of: Readonly<Record<string, unknown>>) => Object.keys(of).filter(isLocalDate).sort();
  return {
    year,
    holidays: days(published.holidays).filter((day) => !isWeekend(day)),
    extraWorkingDays: days(published.workdays).filter(isWeekend),
  };
};

const yearFile = (year: number): Published | undefined => {
  try {
    return require(`chinese-days/dist/years/${year}.json`) as Published;
  } catch (error) {
    if ((error as { code?: unknown }).code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
};

/** The published years of a range. A year that is not published stays unknown to the calendar, which refuses it by name. */
export const publishedYears = (from: number, to: number): readonly CalendarYear[] =>
  Array.from({ length: to - from + 1 }, (_, n) => publishedYear(from + n)).filter(
    (year) => year !== undefined,
  );

/** The working days of a range of years, ready to count with; later entries of `further` stand for their year. */
export const publishedCalendar = (
  from: number,
  to: number,
  further: readonly CalendarYear[] = [],
): WorkingDays => workingDays([...publishedYears(from, to), ...further]);
