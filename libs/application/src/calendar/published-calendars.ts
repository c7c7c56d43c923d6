import {
  type CalendarFact,
  calendarPin,
  type PublishedYears,
  type WorkingDaysFact,
  workingDaysDecider,
  workingDaysStream,
} from '@liandong/domain/calendar';
import type { Sha256, TierCode } from '@liandong/kernel';
import type { DecodeFact } from '../own-streams.ts';
import type { EventStore } from '../ports/event-store.ts';

/** A text people read: mainland Simplified Chinese first, English second. */
export type Bilingual = { readonly zh: string; readonly en: string };

/** The working days as they stood after one publication or correction. */
export type PublishedCalendar = {
  readonly pin: string;
  readonly years: PublishedYears['years'];
  /** Why it became what it is. */
  readonly reason: Bilingual;
};

export type CalendarSource = {
  readonly store: Pick<EventStore, 'read'>;
  readonly sha256: Sha256;
  /** The tier that publishes the calendar. */
  readonly city: TierCode;
  readonly decodeCalendar: DecodeFact<CalendarFact>;
};

/** Every calendar there ever was, the present one last. The first knows no year. */
export const publishedCalendars = async ({
  store,
  sha256,
  city,
  decodeCalendar,
}: CalendarSource): Promise<readonly [PublishedCalendar, ...PublishedCalendar[]]> => {
  const facts = (await store.read(workingDaysStream(city))).flatMap((one) => decodeCalendar(one) ?? []);
  let published = workingDaysDecider.initial;
  const pinned = () => ({ pin: calendarPin(sha256, city, published), years: published.years });
  const versions: [PublishedCalendar, ...PublishedCalendar[]] = [{ ...pinned(), reason: nothingPublished }];
  for (const fact of facts.filter(isWorkingDays)) {
    published = workingDaysDecider.evolve(published, fact);
    versions.push({ ...pinned(), reason: reasonOf(fact) });
  }
  return versions;
};

const nothingPublished: Bilingual = { zh: '尚未公布工作日', en: 'No working days are published' };

export const isWorkingDays = (fact: CalendarFact): fact is WorkingDaysFact =>
  fact.type !== 'liandong.calendar.officeHoursSet.v1';

const reasonOf = (fact: WorkingDaysFact): Bilingual =>
  fact.type === 'liandong.calendar.yearCorrected.v1'
    ? fact.data.reason
    : { zh: `公布 ${fact.data.year} 年工作日`, en: `The working days of ${fact.data.year} were published` };
