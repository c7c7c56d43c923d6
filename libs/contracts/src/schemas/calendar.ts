import type { CalendarFact } from '@liandong/domain/calendar';
import type { DeadlinesReprojected } from '@liandong/domain/supervision';
import { z } from 'zod';
import { cause } from './card-parts.ts';
import { bilingual, calendarPin, data, instant, line, localDate, optional, streamName } from './parts.ts';
import { schemasOf } from './schemas-of.ts';

const daysOff = z.array(localDate).max(366);

/** One year: what differs from Monday to Friday. */
export const calendarYear = {
  year: z.int().min(1990).max(2200),
  holidays: daysOff,
  extraWorkingDays: daysOff,
};

const timeOfDay = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'a time of day');
export const openPeriods = z.array(z.strictObject({ opens: timeOfDay, closes: timeOfDay })).max(10);

export const calendarSchemas = schemasOf<CalendarFact | DeadlinesReprojected>()({
  'liandong.calendar.yearPublished.v1': data({ ...calendarYear, source: line(300) }),
  'liandong.calendar.yearCorrected.v1': data({ ...calendarYear, source: line(300), reason: bilingual }),
  'liandong.calendar.officeHoursSet.v1': data({ effectiveFrom: localDate, periods: openPeriods }),
  'liandong.calendar.deadlinesReprojected.v1': data({
    matter: streamName,
    calendarBefore: calendarPin,
    calendarAfter: calendarPin,
    reason: bilingual,
    deadlines: z
      .array(z.strictObject({ cause, before: optional(instant), after: optional(instant) }))
      .min(1)
      .max(100),
  }),
});
