import { type Decider, ok, refuse, type Result } from '@liandong/kernel';
import type { OfficeHoursSet, OpenPeriod } from './facts.ts';
import { endOfDay, isLocalDate, localDate, type LocalDate, startOfDay } from './local-date.ts';
import { type Counted, workingDayFrom, type WorkingDays } from './working-days.ts';

// Command

export type SetOfficeHours = { readonly type: 'setOfficeHours' } & OfficeHoursSet['data'];

export type OfficeHoursRefusal =
  | { readonly code: 'office-hours-malformed'; readonly value: string }
  | { readonly code: 'office-hours-not-later'; readonly after: LocalDate };

/** What the centre kept to, the oldest first. */
export type OfficeHours = readonly OfficeHoursSet['data'][];

const decide = (
  { effectiveFrom, periods }: SetOfficeHours,
  hours: OfficeHours,
): Result<readonly OfficeHoursSet[], OfficeHoursRefusal> => {
  if (!isLocalDate(effectiveFrom)) return refuse({ code: 'office-hours-malformed', value: effectiveFrom });
  const flaw = flawOf(periods);
  if (flaw !== undefined) return refuse({ code: 'office-hours-malformed', value: flaw });
  const last = hours.at(-1);
  if (last !== undefined && effectiveFrom <= last.effectiveFrom) {
    return refuse({ code: 'office-hours-not-later', after: last.effectiveFrom });
  }
  return ok([{ type: 'liandong.calendar.officeHoursSet.v1', data: { effectiveFrom, periods } }]);
};

const clockTime = /^([01]\d|2[0-3]):[0-5]\d$/;

/** Periods follow one another within the day, and there is at least one. */
const flawOf = (periods: readonly OpenPeriod[]): string | undefined => {
  if (periods.length === 0) return '';
  let before = '';
  for (const { opens, closes } of periods) {
    if (!clockTime.test(opens) || opens <= before) return opens;
    if (!clockTime.test(closes) || closes <= opens) return closes;
    before = closes;
  }
  return undefined;
};

export const officeHoursDecider: Decider<SetOfficeHours, OfficeHoursSet, OfficeHours, OfficeHoursRefusal> = {
  initial: [],
  decide,
  evolve: (hours, { data }) => [...hours, data],
};

export type OfficeHoursMissing = { readonly code: 'office-hours-missing'; readonly date: LocalDate };

/** The instant itself while the centre is open, else the next time its doors open. */
export const nextOpening = (
  calendar: WorkingDays,
  hours: OfficeHours,
  at: string,
): Counted<string> | Result<string, OfficeHoursMissing> => {
  const date = localDate(at);
  if (date === undefined) return refuse({ code: 'calendar-date-malformed', value: at });
  const day = workingDayFrom(calendar, date);
  if (!day.ok) return day;
  const periods = hours.filter(({ effectiveFrom }) => effectiveFrom <= day.value).at(-1)?.periods;
  if (periods === undefined) return refuse({ code: 'office-hours-missing', date: day.value });
  const now = Date.parse(at);
  for (const { opens, closes } of periods) {
    if (now < atTime(day.value, closes)) {
      return ok(new Date(Math.max(now, atTime(day.value, opens))).toISOString());
    }
  }
  return nextOpening(calendar, hours, endOfDay(day.value));
};

const atTime = (date: LocalDate, time: string): number => {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return Date.parse(startOfDay(date)) + (hour * 60 + minute) * 60_000;
};
