import {
  legalDay as endOfLimit,
  type WorkingDays,
  workingDays,
  workingDaysStream,
} from '@liandong/domain/calendar';
import type { LegalDay } from '@liandong/domain/case';
import { ok, refuse } from '@liandong/kernel';
import type { Recorded } from '../ports/event-store.ts';
import { type CalendarSource, type PublishedCalendar, publishedCalendars } from './published-calendars.ts';

/** The working days as the city published and corrected them, kept at hand: a command asks the store for nothing. */
export type WorkingDaysBook = {
  /** Counts by what is known now. A year that nobody has published is refused by name. */
  readonly legalDay: LegalDay;
  readonly now: () => PublishedCalendar;
  /** Brings the book up to what the store holds now. */
  readonly refresh: () => Promise<void>;
  /** Whether somebody said something about working days there; then the book is behind. */
  readonly touchedBy: (page: readonly Pick<Recorded, 'stream'>[]) => boolean;
};

/** Reads what the store holds before it resolves. */
export const workingDaysBook = async (source: CalendarSource): Promise<WorkingDaysBook> => {
  const read = async () => {
    const calendars = await publishedCalendars(source);
    const [first] = calendars;
    const published = calendars.at(-1) ?? first;
    return { published, limit: legalDayIn(workingDays([...published.years.values()])) };
  };
  let known = await read();
  const stream = workingDaysStream(source.city);
  return {
    legalDay: (from, days) => known.limit(from, days),
    now: () => known.published,
    refresh: async () => {
      known = await read();
    },
    touchedBy: (page) => page.some((recorded) => recorded.stream === stream),
  };
};

/** A limit as cases count it: the last instant of its last day. */
const legalDayIn =
  (calendar: WorkingDays): LegalDay =>
  (from, days) => {
    const end = endOfLimit(calendar, from, days);
    if (end.ok) return ok(new Date(Date.parse(end.value.expiresAt) - 1).toISOString());
    if (end.refusal.code === 'calendar-year-missing') return refuse(end.refusal);
    throw new Error(`a limit of ${days} days from ${from} cannot be counted: ${end.refusal.code}`);
  };
