import { type Fact, ownStream, type StreamName, type TierCode } from '@liandong/kernel';
import type { LocalDate } from './local-date.ts';
import type { CalendarYear } from './working-days.ts';

/** A text people read: mainland Simplified Chinese first, English second. */
type Bilingual = { readonly zh: string; readonly en: string };

/** The working days of the region, which the city alone publishes. */
export const workingDaysStream = (city: TierCode): StreamName => ownStream('calendar', city, 'workingDays');

/** When the service centre of one tier is open. */
export const officeHoursStream = (tier: TierCode): StreamName => ownStream('calendar', tier, 'officeHours');

/** `source`: the notice of the State Council or the city that says so. */
export type YearPublished = Fact<'liandong.calendar.yearPublished.v1', CalendarYear & { source: string }>;
/** The year whole, as it is from now on, and why it had been wrong. */
export type YearCorrected = Fact<
  'liandong.calendar.yearCorrected.v1',
  CalendarYear & { source: string; reason: Bilingual }
>;
export type WorkingDaysFact = YearPublished | YearCorrected;

/** HH:MM in Asia/Shanghai. `closes` is the first minute at which the doors are shut. */
export type OpenPeriod = { readonly opens: string; readonly closes: string };

/** On every working day from then on. */
export type OfficeHoursSet = Fact<
  'liandong.calendar.officeHoursSet.v1',
  { effectiveFrom: LocalDate; periods: readonly OpenPeriod[] }
>;

export type CalendarFact = WorkingDaysFact | OfficeHoursSet;
