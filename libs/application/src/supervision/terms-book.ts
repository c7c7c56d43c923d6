import {
  type CalendarFact,
  calendarPin,
  legalDay,
  nextOpening,
  type OfficeHours,
  officeHoursDecider,
  officeHoursStream,
  type OfficeHoursSet,
  type PublishedYears,
  type WorkingDaysFact,
  workingDays,
  workingDaysDecider,
  workingDaysStream,
  workingTime,
} from '@liandong/domain/calendar';
import {
  type AdoptedPack,
  type Agenda,
  agendaUnder,
  type Bilingual,
  type CountRefusal,
  type Explaining,
  rulesStream,
  type RulesAdopted,
  type Supervised,
  type Terms,
} from '@liandong/domain/supervision';
import { ok, refuse, type Result, type Sha256, type StreamName, type TierCode } from '@liandong/kernel';
import type { DecodeFact } from '../own-streams.ts';
import type { EventStore } from '../ports/event-store.ts';

/** By what one tier's clocks are counted: its rules and its doors, and one publication of the calendar. */
export type TierTerms = {
  readonly terms: Terms;
  readonly agendaOf: (state: Supervised) => Agenda;
  readonly legalDay: Explaining['legalDay'];
  /** Why the calendar became what it is. */
  readonly calendarReason: Bilingual;
};

/** The terms of every tier, from the events that state them; every publication of the calendar stays at hand. */
export type TermsBook = {
  readonly now: (tier: TierCode) => Promise<TierTerms>;
  /** Under an earlier calendar, and no later rules than the ones named; `undefined` for a calendar that never was. */
  readonly then: (tier: TierCode, calendar: string, rules?: string) => Promise<TierTerms | undefined>;
  readonly pack: (tier: TierCode, pin: string) => Promise<AdoptedPack | undefined>;
  /** Whether a stream states terms. Then what was read of it is read again. */
  readonly touched: (stream: StreamName) => boolean;
};

export type TermsDeps = {
  readonly store: Pick<EventStore, 'read'>;
  readonly sha256: Sha256;
  /** The tier that publishes the calendar. */
  readonly city: TierCode;
  readonly decodeCalendar: DecodeFact<CalendarFact>;
  readonly decodeRules: DecodeFact<RulesAdopted>;
};

type Calendar = {
  readonly pin: string;
  readonly years: PublishedYears['years'];
  readonly reason: Bilingual;
};

export const termsBook = ({ store, sha256, city, decodeCalendar, decodeRules }: TermsDeps): TermsBook => {
  const kept = new Map<StreamName, Promise<unknown>>();
  const made = new Map<string, Promise<TierTerms>>();

  const keeping = <Value>(stream: StreamName, read: () => Promise<Value>): Promise<Value> => {
    const value = (kept.get(stream) as Promise<Value> | undefined) ?? read();
    kept.set(stream, value);
    value.catch(() => kept.delete(stream));
    return value;
  };

  const calendars = () =>
    keeping(workingDaysStream(city), async (): Promise<readonly Calendar[]> => {
      const facts = (await store.read(workingDaysStream(city))).flatMap((one) => decodeCalendar(one) ?? []);
      let published = workingDaysDecider.initial;
      const versions: Calendar[] = [
        { ...nothingPublished, pin: calendarPin(sha256, city, published), years: published.years },
      ];
      for (const fact of facts.filter(isWorkingDays)) {
        published = workingDaysDecider.evolve(published, fact);
        const pin = calendarPin(sha256, city, published);
        versions.push({ pin, years: published.years, reason: reasonOf(fact) });
      }
      return versions;
    });

  const hoursOf = (tier: TierCode) =>
    keeping(officeHoursStream(tier), async (): Promise<OfficeHours> => {
      const facts = (await store.read(officeHoursStream(tier))).flatMap((one) => decodeCalendar(one) ?? []);
      return facts.filter(isOfficeHours).reduce(officeHoursDecider.evolve, officeHoursDecider.initial);
    });

  const adoptedBy = (tier: TierCode) =>
    keeping(rulesStream(tier), async (): Promise<readonly AdoptedPack[]> =>
      (await store.read(rulesStream(tier))).flatMap((one) => decodeRules(one)?.data ?? []),
    );

  const termsOf = async (tier: TierCode, calendar: Calendar, rules?: string): Promise<TierTerms> => {
    const adopted = await adoptedBy(tier);
    const through = rules === undefined ? -1 : adopted.findLastIndex(({ pin }) => pin === rules);
    const used = through === -1 ? adopted : adopted.slice(0, through + 1);
    const key = `${tier} ${calendar.pin} ${used.length}`;
    const known = made.get(key) ?? hoursOf(tier).then((hours) => tierTerms(tier, calendar, used, hours));
    made.set(key, known);
    known.catch(() => made.delete(key));
    return known;
  };

  return {
    now: async (tier) => {
      const latest = (await calendars()).at(-1);
      if (latest === undefined) throw new Error('a calendar has a first version');
      return termsOf(tier, latest);
    },
    then: async (tier, pin, rules) => {
      const calendar = (await calendars()).find((version) => version.pin === pin);
      return calendar && termsOf(tier, calendar, rules);
    },
    pack: async (tier, pin) => (await adoptedBy(tier)).find((adopted) => adopted.pin === pin),
    touched: (stream) => {
      if (!statesTerms(stream)) return false;
      kept.delete(stream);
      made.clear();
      return true;
    },
  };
};

const nothingPublished = { reason: { zh: '尚未公布工作日', en: 'No working days are published' } };

const statesTerms = (stream: StreamName): boolean =>
  /^(?:calendar-\d+\.(?:workingDays|officeHours)|card-\d+\.rules)$/.test(stream);

const isWorkingDays = (fact: CalendarFact): fact is WorkingDaysFact =>
  fact.type !== 'liandong.calendar.officeHoursSet.v1';
const isOfficeHours = (fact: CalendarFact): fact is OfficeHoursSet =>
  fact.type === 'liandong.calendar.officeHoursSet.v1';

const reasonOf = (fact: WorkingDaysFact): Bilingual =>
  fact.type === 'liandong.calendar.yearCorrected.v1'
    ? fact.data.reason
    : { zh: `公布 ${fact.data.year} 年工作日`, en: `The working days of ${fact.data.year} were published` };

const tierTerms = (
  tier: TierCode,
  { pin, years, reason }: Calendar,
  adopted: readonly AdoptedPack[],
  hours: OfficeHours,
): TierTerms => {
  const days = workingDays([...years.values()]);
  const terms: Terms = {
    time: workingTime(years.values()),
    calendar: pin,
    adopted,
    nextOpening: (of, instant) => {
      const at = new Date(instant).toISOString();
      // Every tier counts its own clocks; the doors of others are not known here.
      if (of !== tier) return refuse({ code: 'office-hours-missing', date: at.slice(0, 10) });
      const opening = counted(nextOpening(days, hours, at));
      return opening.ok ? ok(Date.parse(opening.value)) : opening;
    },
  };
  return {
    terms,
    agendaOf: agendaUnder(terms),
    legalDay: (receivedAt, limit) => {
      const end = counted(legalDay(days, receivedAt, limit));
      return end.ok ? ok(end.value.date) : end;
    },
    calendarReason: reason,
  };
};

type Uncounted = { readonly code: string } | CountRefusal;

/** What the calendar lacks is told; a date that is none never comes out of an event. */
const counted = <Value>(result: Result<Value, Uncounted>): Result<Value, CountRefusal> => {
  if (result.ok) return result;
  const { refusal } = result;
  if ('year' in refusal || 'date' in refusal) return refuse(refusal);
  throw new Error(`a date of an event cannot be counted: ${refusal.code}`);
};
