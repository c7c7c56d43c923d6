import { createHash } from 'node:crypto';
import type { EventHash, Mandate, Sha256, StreamName, TierCode } from '@liandong/kernel';
import { type CalendarYear, workingTime } from '../../src/calendar/index.ts';
import {
  type AdoptedPack,
  agendaUnder,
  type Applied,
  type Convention,
  hunan2018,
  instantOf,
  judge,
  type Judgement,
  packPin,
  type RulePack,
  type Seen,
  superviseAll,
  type SupervisedFacts,
  type SupervisedName,
  type Terms,
} from '../../src/supervision/index.ts';

export const sha256: Sha256 = (...parts) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** State Council notices of 2017 and 2018. */
export const year2018: CalendarYear = {
  year: 2018,
  holidays: [
    ...['2018-01-01', '2018-02-15', '2018-02-16', '2018-02-19', '2018-02-20', '2018-02-21', '2018-04-05'],
    ...['2018-04-06', '2018-04-30', '2018-05-01', '2018-06-18', '2018-09-24', '2018-10-01', '2018-10-02'],
    ...['2018-10-03', '2018-10-04', '2018-10-05', '2018-12-31'],
  ],
  extraWorkingDays: [
    '2018-02-11',
    '2018-02-24',
    '2018-04-08',
    '2018-04-28',
    '2018-09-29',
    '2018-09-30',
    '2018-12-29',
  ],
};
/** Without rest days but weekends: what a test needs is a year that is there. */
export const year2019: CalendarYear = { year: 2019, holidays: ['2019-01-01'], extraWorkingDays: [] };

export const county: Mandate = { tier: '431021' as TierCode, department: '11431021006380110N' };
export const water: Mandate = { tier: '431021' as TierCode, department: '114310210063802208' };
export const city: Mandate = { tier: '431000' as TierCode, department: '11431000006380330A' };

export const matter = 'case-00000000000000000000000000000001' as StreamName;
export const hashOf = (n: number): EventHash => n.toString(16).padStart(64, '0') as EventHash;
export const received = '2018-10-15T02:00:00.000Z';

/** 2018-10-<day> at ten in the morning in Shanghai, and a millisecond before. */
export const october = (day: number, milliseconds = 0): string =>
  instantOf(Date.UTC(2018, 9, day, 2) + milliseconds);

export const adoptedOf = (pack: RulePack, convention: Convention = 'started'): AdoptedPack => ({
  pack,
  pin: packPin(sha256, pack),
  convention,
  effectiveFrom: '2018-01-01',
});

export const termsOf = (
  pack: RulePack = hunan2018,
  convention: Convention = 'started',
  years = [year2018],
): Terms => ({
  time: workingTime(years),
  calendar: `431000@${years.length}#calendar`,
  adopted: [adoptedOf(pack, convention)],
  nextOpening: (_, instant) => ({ ok: true, value: instant }),
});

export const application: Applied = {
  item: '430100000001',
  intake: county,
  lead: county,
  entry: 'counter',
  stages: [
    {
      id: 'review',
      steps: [
        { id: 'site', unit: county, days: 3 },
        { id: 'water', unit: water, days: 4 },
      ],
    },
    { id: 'decision', steps: [{ id: 'permit', unit: county, days: 2 }] },
  ],
  promisedDays: 7,
  statutoryDays: 10,
  noticeDays: 5,
  deliveryDays: 10,
  chargeable: false,
};

type Envelope = Partial<Omit<Seen, 'fact' | 'hash'>>;

/** Makes facts one after another; each hash is the number of the fact. */
export const facts = () => {
  let n = 0;
  return <Name extends SupervisedName>(
    name: Name,
    data: SupervisedFacts[Name],
    at: string = received,
    {
      tier = county.tier,
      authid = 'officer',
      withoutEffect = false,
      recordedAt = at,
      ...rest
    }: Envelope = {},
  ): Seen => ({
    fact: { name, data } as Seen['fact'],
    hash: hashOf(++n),
    tier,
    authid,
    withoutEffect,
    ...rest,
    at,
    recordedAt,
  });
};

/** The cards of a matter at an instant, from its facts. */
export const cardsAt = (at: string, all: readonly Seen[], terms = termsOf()): readonly Judgement[] => {
  const state = superviseAll(all);
  const frontier = all.slice(-1).map(({ hash }) => hash);
  return judge(state, agendaUnder(terms)(state), { matter, frontier, calendar: terms.calendar, at });
};

/** The rules of those cards, in the order in which they became due. */
export const rulesAt = (at: string, all: readonly Seen[], terms = termsOf()): readonly string[] =>
  cardsAt(at, all, terms).map(({ cause }) => cause.rule);
