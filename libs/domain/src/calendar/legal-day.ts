import { ok, refuse } from '@liandong/kernel';
import { endOfDay, localDate, type LocalDate, movedTo, startOfDay } from './local-date.ts';
import { addWorkingDays, type Counted, workingDayFrom, type WorkingDays } from './working-days.ts';

/** A deadline people are shown: its last day, and the first instant at which it has passed. */
export type LegalDeadline = { readonly date: LocalDate; readonly expiresAt: string };

/**
 * When a limit of law ends: the day of receipt is excluded, and the limit expires at
 * the end of the nth working day (Asia/Shanghai). What arrives on a rest day is
 * counted from the start of the next working day, which is then the first. A limit
 * of no days ends with the day on which counting starts.
 */
export const legalDay = (calendar: WorkingDays, receivedAt: string, days: number): Counted<LegalDeadline> => {
  const received = localDate(receivedAt);
  if (received === undefined) return refuse({ code: 'calendar-date-malformed', value: receivedAt });
  const last = days === 0 ? workingDayFrom(calendar, received) : addWorkingDays(calendar, received, days);
  return last.ok ? ok({ date: last.value, expiresAt: endOfDay(last.value) }) : last;
};

/** How supervision counts: `started` gives the first day the number 1, `elapsed` the number 0. */
export type Convention = 'started' | 'elapsed';

/**
 * The first instant at which the count since receipt reaches `count`. A day is full
 * when the time of receipt comes round again on a working day; what arrives on a rest
 * day starts with the next working day.
 */
export const countReachedAt = (
  calendar: WorkingDays,
  convention: Convention,
  receivedAt: string,
  count: number,
): Counted<string> => {
  const received = localDate(receivedAt);
  if (received === undefined) return refuse({ code: 'calendar-date-malformed', value: receivedAt });
  const first = workingDayFrom(calendar, received);
  if (!first.ok) return first;
  const since = first.value === received ? receivedAt : startOfDay(first.value);
  const reached = addWorkingDays(calendar, first.value, convention === 'started' ? count - 1 : count);
  return reached.ok ? ok(movedTo(since, first.value, reached.value)) : reached;
};
