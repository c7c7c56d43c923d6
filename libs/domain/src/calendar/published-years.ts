import {
  canonicalJson,
  type Decider,
  ok,
  refuse,
  type Result,
  type Sha256,
  type TierCode,
  toHex,
  utf8,
} from '@liandong/kernel';
import type { WorkingDaysFact } from './facts.ts';
import { isLocalDate, isWeekend, type LocalDate, yearOf } from './local-date.ts';
import type { CalendarYear } from './working-days.ts';

// Commands

/** `level` is that of the tier that publishes, as the directory knows it. */
type Publication = { readonly level: 'city' | 'county' | 'township'; readonly source: string };
export type PublishYear = Publication & { readonly type: 'publishYear'; readonly year: CalendarYear };
export type CorrectYear = Publication & {
  readonly type: 'correctYear';
  readonly year: CalendarYear;
  readonly reason: { readonly zh: string; readonly en: string };
};
export type WorkingDaysCommand = PublishYear | CorrectYear;

// Refusals

export type WorkingDaysRefusal =
  | { readonly code: 'calendar-city-only' }
  | { readonly code: 'calendar-source-missing' }
  | { readonly code: 'calendar-year-already-published'; readonly year: number }
  | { readonly code: 'calendar-year-not-published'; readonly year: number }
  | { readonly code: 'calendar-year-unchanged'; readonly year: number }
  | { readonly code: 'calendar-day-wrong'; readonly day: string; readonly flaw: DayFlaw };

/** A weekday off must be a weekday, a weekend day worked a weekend day, and each of the year itself. */
export type DayFlaw = 'malformed' | 'ofAnotherYear' | 'twice' | 'isWeekend' | 'isWeekday';

// State

export type PublishedYears = {
  readonly years: ReadonlyMap<number, CalendarYear>;
  /** How many publications and corrections made it so: what a computed date names. */
  readonly version: number;
};

/** Names exactly what was counted with: the city, the count of its publications, a hash of the years. */
export const calendarPin = (sha256: Sha256, city: TierCode, { years, version }: PublishedYears): string => {
  const content = [...years.values()].toSorted((a, b) => a.year - b.year);
  return `${city}@${version}#${toHex(sha256(utf8(canonicalJson(content))))}`;
};

// Decide

type Decision = Result<readonly WorkingDaysFact[], WorkingDaysRefusal>;

const decide = (command: WorkingDaysCommand, { years }: PublishedYears): Decision => {
  const { level, year: sent, source } = command;
  if (level !== 'city') return refuse({ code: 'calendar-city-only' });
  if (source.trim() === '') return refuse({ code: 'calendar-source-missing' });
  const flaw = flawOf(sent);
  if (flaw !== undefined) return refuse(flaw);
  const year = inOrder(sent);
  const before = years.get(year.year);
  switch (command.type) {
    case 'publishYear':
      if (before !== undefined) return refuse({ code: 'calendar-year-already-published', year: year.year });
      return ok([{ type: 'liandong.calendar.yearPublished.v1', data: { ...year, source } }]);
    case 'correctYear': {
      if (before === undefined) return refuse({ code: 'calendar-year-not-published', year: year.year });
      if (canonicalJson(before) === canonicalJson(year)) {
        return refuse({ code: 'calendar-year-unchanged', year: year.year });
      }
      const { reason } = command;
      return ok([{ type: 'liandong.calendar.yearCorrected.v1', data: { ...year, source, reason } }]);
    }
  }
};

const inOrder = ({ year, holidays, extraWorkingDays }: CalendarYear): CalendarYear => ({
  year,
  holidays: holidays.toSorted(),
  extraWorkingDays: extraWorkingDays.toSorted(),
});

const flawOf = ({ year, holidays, extraWorkingDays }: CalendarYear): WorkingDaysRefusal | undefined => {
  const wrong = (day: LocalDate, flaw: DayFlaw) => ({ code: 'calendar-day-wrong', day, flaw }) as const;
  const seen = new Set<LocalDate>();
  for (const [days, weekend] of [
    [holidays, false],
    [extraWorkingDays, true],
  ] as const) {
    for (const day of days) {
      if (!isLocalDate(day)) return wrong(day, 'malformed');
      if (yearOf(day) !== year) return wrong(day, 'ofAnotherYear');
      if (seen.has(day)) return wrong(day, 'twice');
      if (isWeekend(day) !== weekend) return wrong(day, weekend ? 'isWeekday' : 'isWeekend');
      seen.add(day);
    }
  }
  return undefined;
};

// Evolve

const evolve = ({ years, version }: PublishedYears, { data }: WorkingDaysFact): PublishedYears => {
  const { year, holidays, extraWorkingDays } = data;
  return {
    years: new Map([...years, [year, { year, holidays, extraWorkingDays }]]),
    version: version + 1,
  };
};

export const workingDaysDecider: Decider<
  WorkingDaysCommand,
  WorkingDaysFact,
  PublishedYears,
  WorkingDaysRefusal
> = { initial: { years: new Map(), version: 0 }, decide, evolve };
