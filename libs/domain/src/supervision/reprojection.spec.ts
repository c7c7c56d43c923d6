import { describe, expect, it } from '@jest/globals';
import {
  application,
  county,
  facts,
  hashOf,
  matter,
  october,
  received,
  termsOf,
  year2018,
} from '../../test/supervision/sample.ts';
import { agendaUnder, reprojectionOf, reprojectionStream, superviseAll } from './index.ts';

const fact = facts();
const begun = [
  fact('applied', { ...application, stages: [] }),
  fact('accepted', { from: received, missing: [] }),
];
const corrected = { ...year2018, holidays: [...year2018.holidays, '2018-10-24'] };
const agenda = (years: Parameters<typeof termsOf>[2], seen = begun) =>
  agendaUnder(termsOf(undefined, 'started', years))(superviseAll(seen));
const change = {
  matter,
  calendarBefore: '431000@1#a',
  calendarAfter: '431000@2#b',
  reason: { zh: '县里停电放假', en: 'A day off for want of power' },
};
const cause = (rule: string) => ({ event: hashOf(2), rule, round: 1 });

describe('a corrected calendar', () => {
  it('moves the deadlines behind the day it changes, each named with its reason', () => {
    expect(reprojectionOf(agenda([year2018]), agenda([corrected]), change)).toEqual([
      {
        type: 'liandong.calendar.deadlinesReprojected.v1',
        data: {
          ...change,
          deadlines: [
            { cause: cause('case.yellow'), before: october(24), after: october(25) },
            { cause: cause('case.red'), before: october(29), after: october(30) },
          ],
        },
      },
    ]);
  });

  it('that moves nothing says nothing', () => {
    expect(reprojectionOf(agenda([year2018]), agenda([year2018]), change)).toEqual([]);
  });

  it('that makes a deadline known, or a reached one unreached, names the one side there is', () => {
    const [late] = reprojectionOf(agenda([]), agenda([year2018]), change);
    expect(late?.data.deadlines[0]).toEqual({ cause: cause('case.warning'), after: october(19) });
    const ended = [...begun, fact('ended', { ending: '6', reasonsGiven: true }, october(24))];
    const [gone] = reprojectionOf(agenda([year2018], ended), agenda([corrected], ended), change);
    expect(gone?.data.deadlines).toEqual([{ cause: cause('case.yellow'), before: october(24) }]);
  });

  it('never makes an event too large', () => {
    const many = [
      ...begun,
      ...Array.from({ length: 60 }, () => fact('consulted', { asked: county, days: 5 }, october(16))),
    ];
    const events = reprojectionOf(
      agenda([year2018], many),
      agenda([{ ...corrected, holidays: [...corrected.holidays, '2018-10-17'] }], many),
      change,
    );
    expect(events.map(({ data }) => data.deadlines.length)).toEqual([100, 83]);
    for (const { data } of events) expect(JSON.stringify(data).length).toBeLessThan(40_000);
  });

  it('speaks in a stream of the matter and the tier', () => {
    expect(reprojectionStream(county.tier, matter)).toBe(
      'calendar-431021.case.00000000000000000000000000000001',
    );
  });
});
