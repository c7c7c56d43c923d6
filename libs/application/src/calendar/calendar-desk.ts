import {
  type CalendarFact,
  type CalendarYear,
  type OfficeHours,
  officeHoursDecider,
  type OfficeHoursRefusal,
  officeHoursStream,
  type OfficeHoursSet,
  workingDaysDecider,
  type WorkingDaysRefusal,
  workingDaysStream,
} from '@liandong/domain/calendar';
import { refuse, type Result, type TierCode } from '@liandong/kernel';
import type { Acting, Authoring } from '../authoring.ts';
import {
  type DecodeFact,
  type Executed,
  type HandlingRefusal,
  ownStreamHandler,
  readOwnStream,
} from '../own-streams.ts';
import type { EventStore, Recorded } from '../ports/event-store.ts';
import {
  type Bilingual,
  isWorkingDays,
  type PublishedCalendar,
  publishedCalendars,
} from './published-calendars.ts';

type Publication = { readonly year: CalendarYear; readonly source: string };

/** Where working days and the hours of a service centre are said, and looked up. */
export type CalendarDesk = {
  /** Whose working days everybody counts. */
  readonly city: TierCode;
  /** Every calendar there ever was, the present one last. The first knows no year. */
  readonly calendars: () => Promise<readonly [PublishedCalendar, ...PublishedCalendar[]]>;
  /** The oldest first. */
  readonly hours: (tier: TierCode) => Promise<OfficeHours>;
  readonly publish: (
    acting: Acting,
    publication: Publication,
  ) => Promise<Result<Executed, WorkingDaysRefusal | HandlingRefusal>>;
  readonly correct: (
    acting: Acting,
    correction: Publication & { readonly reason: Bilingual },
  ) => Promise<Result<Executed, WorkingDaysRefusal | HandlingRefusal>>;
  /** Of the tier's own centre. */
  readonly setHours: (
    acting: Acting,
    hours: OfficeHoursSet['data'],
  ) => Promise<Result<Executed, OfficeHoursRefusal | HandlingRefusal>>;
};

export type CalendarDeskDeps = {
  readonly tier: TierCode;
  readonly city: TierCode;
  readonly store: EventStore;
  readonly authoring: Authoring;
  readonly decodeCalendar: DecodeFact<CalendarFact>;
};

export const calendarDesk = (deps: CalendarDeskDeps): CalendarDesk => {
  const { tier, city, store, authoring, decodeCalendar } = deps;
  const { sha256 } = authoring;
  const decodeDays = (recorded: Recorded) => {
    const fact = decodeCalendar(recorded);
    return fact !== undefined && isWorkingDays(fact) ? fact : undefined;
  };
  const decodeHours = (recorded: Recorded) => {
    const fact = decodeCalendar(recorded);
    return fact?.type === 'liandong.calendar.officeHoursSet.v1' ? fact : undefined;
  };
  const days = ownStreamHandler(store, authoring, workingDaysDecider, decodeDays);
  const hours = ownStreamHandler(store, authoring, officeHoursDecider, decodeHours);
  const stream = workingDaysStream(city);
  // Below the city nobody publishes: what another tier said in its own name, nobody would count by.
  const ofTheCity = tier === city;

  return {
    city,
    calendars: () => publishedCalendars({ store, sha256, city, decodeCalendar }),
    hours: async (of) =>
      (await readOwnStream(store, officeHoursDecider, decodeHours, officeHoursStream(of))).state,
    publish: async (acting, publication) =>
      ofTheCity
        ? days({ ...acting, stream, command: { type: 'publishYear', level: 'city', ...publication } })
        : refuse({ code: 'calendar-city-only' }),
    correct: async (acting, correction) =>
      ofTheCity
        ? days({ ...acting, stream, command: { type: 'correctYear', level: 'city', ...correction } })
        : refuse({ code: 'calendar-city-only' }),
    setHours: (acting, set) =>
      hours({ ...acting, stream: officeHoursStream(tier), command: { type: 'setOfficeHours', ...set } }),
  };
};
