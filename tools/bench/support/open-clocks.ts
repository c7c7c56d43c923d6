import { sha256 } from '@liandong/adapters/crypto';
import { publishedYear } from '@liandong/adapters/reference';
import { workingTime } from '@liandong/domain/calendar';
import {
  type Agenda,
  agendaUnder,
  hunan2018,
  instantOf,
  judge,
  type Judgement,
  nothingSupervised,
  packPin,
  type Supervised,
  type Terms,
} from '@liandong/domain/supervision';
import type { EventHash, StreamName, TierCode } from '@liandong/kernel';

const year = (of: number) => {
  const published = publishedYear(of);
  if (published === undefined) throw new Error(`${of} is not published`);
  return published;
};

const terms: Terms = {
  time: workingTime([year(2026)]),
  calendar: '436000@1#bench',
  adopted: [
    {
      pack: hunan2018,
      pin: packPin(sha256, hunan2018),
      convention: 'started',
      effectiveFrom: '2018-01-01',
    },
  ],
  nextOpening: (_, instant) => ({ ok: true, value: instant }),
};

const unit = { tier: '436021' as TierCode, department: '11431021006380110N' };
/** Later than whatever else a supervision of this benchmark has to look at. */
const first = Date.parse('2026-05-06T01:00:00.000Z');
const spread = 120 * 86_400_000;
const hex = (n: number, digits: number) => n.toString(16).padStart(digits, '0');

export const matterName = (n: number): StreamName => `case-${hex(n, 32)}` as StreamName;

/** The n-th of so many matters that came in one after another, each with one clock that runs. */
export const matterOf = (n: number, all: number): Supervised => ({
  ...nothingSupervised,
  lead: unit,
  clocks: [
    {
      kind: 'case',
      cause: hex(n, 64) as EventHash,
      round: 1,
      unit,
      from: instantOf(first + Math.floor((spread * n) / all)),
      days: { promised: 20, statutory: 30 },
      extensions: [],
      suspensions: [],
    },
  ],
});

/** Under which a clock is judged; made anew, since it remembers the clocks it has seen. */
export const newAgenda = (): ((state: Supervised) => Agenda) => agendaUnder(terms);

export const judgedAt = (
  agendaOf: ReturnType<typeof newAgenda>,
  n: number,
  all: number,
  at: string,
): readonly Judgement[] => {
  const state = matterOf(n, all);
  const judging = {
    matter: matterName(n),
    frontier: [hex(n, 64) as EventHash],
    calendar: terms.calendar,
    at,
  };
  return judge(state, agendaOf(state), judging);
};
