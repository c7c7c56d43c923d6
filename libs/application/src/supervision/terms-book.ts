import {
  type CalendarFact,
  legalDay,
  nextOpening,
  type OfficeHours,
  officeHoursDecider,
  officeHoursStream,
  type OfficeHoursSet,
  workingDays,
  workingDaysStream,
  workingTime,
} from '@liandong/domain/calendar';
import {
  type AdoptedPack,
  type Agenda,
  agendaUnder,
  type CountRefusal,
  type Explaining,
  rulesStream,
  type RulesAdopted,
  type Supervised,
  type Terms,
} from '@liandong/domain/supervision';
import { ok, refuse, type Result, type StreamName, type TierCode } from '@liandong/kernel';
import {
  type Bilingual,
  type CalendarSource,
  type PublishedCalendar,
  publishedCalendars,
} from '../calendar/published-calendars.ts';
import type { DecodeFact } from '../own-streams.ts';

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

export type TermsDeps = CalendarSource & { readonly decodeRules: DecodeFact<RulesAdopted> };

export const termsBook = (deps: TermsDeps): TermsBook => {
  const { store, city, decodeCalendar, decodeRules } = deps;
  const kept = new Map<StreamName, Promise<unknown>>();
  const made = new Map<string, Promise<TierTerms>>();

  const keeping = <Value>(stream: StreamName, read: () => Promise<Value>): Promise<Value> => {
    const value = (kept.get(stream) as Promise<Value> | undefined) ?? read();
    kept.set(stream, value);
    value.catch(() => kept.delete(stream));
    return value;
  };

  const calendars = () => keeping(workingDaysStream(city), () => publishedCalendars(deps));

  const hoursOf = (tier: TierCode) =>
    keeping(officeHoursStream(tier), async (): Promise<OfficeHours> => {
      const facts = (await store.read(officeHoursStream(tier))).flatMap((one) => decodeCalendar(one) ?? []);
      return facts.filter(isOfficeHours).reduce(officeHoursDecider.evolve, officeHoursDecider.initial);
    });

  const adoptedBy = (tier: TierCode) =>
    keeping(rulesStream(tier), async (): Promise<readonly AdoptedPack[]> =>
      (await store.read(rulesStream(tier))).flatMap((one) => decodeRules(one)?.data ?? []),
    );

  const termsOf = async (tier: TierCode, calendar: PublishedCalendar, rules?: string): Promise<TierTerms> => {
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

const statesTerms = (stream: StreamName): boolean =>
  /^(?:calendar-\d+\.(?:workingDays|officeHours)|card-\d+\.rules)$/.test(stream);

const isOfficeHours = (fact: CalendarFact): fact is OfficeHoursSet =>
  fact.type === 'liandong.calendar.officeHoursSet.v1';

const tierTerms = (
  tier: TierCode,
  { pin, years, reason }: PublishedCalendar,
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
