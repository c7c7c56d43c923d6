import { describe, expect, it } from '@jest/globals';
import {
  adoptedOf,
  application,
  cardsAt,
  city,
  county,
  facts,
  october,
  received,
  rulesAt,
  termsOf,
  water,
  year2018,
  year2019,
} from '../../test/supervision/sample.ts';
import {
  agendaUnder,
  type ClockKind,
  hunan2018,
  nextDue,
  type Seen,
  strict2026,
  superviseAll,
  type Terms,
} from './index.ts';

const late = '2018-12-20T00:00:00.000Z';
const refuseHours = (): ReturnType<Terms['nextOpening']> => ({
  ok: false,
  refusal: { code: 'office-hours-missing', date: '2018-10-15' },
});

const running = (seen: readonly Seen[]): readonly (readonly [ClockKind, string | undefined, number])[] =>
  superviseAll(seen)
    .clocks.filter(({ stopped }) => stopped === undefined)
    .map(({ kind, step, round }) => [kind, step, round]);

const begin = (change: Partial<typeof application> = {}) => {
  const fact = facts();
  const applied = fact('applied', { ...application, ...change });
  const accepted = fact('accepted', { from: received, missing: [] });
  return { fact, applied, accepted, seen: [applied, accepted] };
};

describe('a clock', () => {
  it('of the notice, and online of pre-acceptance, runs from the application until somebody answers', () => {
    const { fact, applied, accepted } = begin({ entry: 'online' });
    expect(running([applied])).toEqual([
      ['correctionNotice', undefined, 1],
      ['preAcceptance', undefined, 1],
    ]);
    expect(running([applied, fact('preAccepted', {})])).toEqual([['correctionNotice', undefined, 1]]);
    expect(running([applied, fact('correctionRequired', { demands: ['map'] })])).toEqual([]);
    expect(running([applied, fact('ended', { ending: 'rejected', reasonsGiven: true })])).toEqual([]);
    expect(running([applied, accepted])).toEqual([['case', undefined, 1]]);
  });

  it('of the notice runs again once what was demanded is there, and only before acceptance', () => {
    const { fact, applied, accepted } = begin();
    const required = fact('correctionRequired', { demands: ['map'] }, october(16));
    const supplied = (complete: boolean) => fact('supplied', { complete }, october(17));
    expect(running([applied, required, supplied(false)])).toEqual([]);
    const again = supplied(true);
    expect(running([applied, required, again])).toEqual([['correctionNotice', undefined, 1]]);
    expect(superviseAll([applied, required, again]).clocks.at(-1)?.cause).toBe(again.hash);
    expect(running([applied, again])).toEqual([['correctionNotice', undefined, 1]]);
    expect(running([applied, accepted, again])).toEqual([['case', undefined, 1]]);
    const rejected = fact('ended', { ending: 'rejected', reasonsGiven: true }, october(16));
    expect(running([applied, rejected, again])).toEqual([]);
  });

  it('of a stage and of each step runs until they are answered', () => {
    const days = { stages: [{ ...application.stages[0]!, days: 5 }, application.stages[1]!] };
    const { fact, seen } = begin(days);
    const opened = [...seen, fact('stageOpened', { stage: 'review' })];
    expect(running(opened)).toEqual([
      ['case', undefined, 1],
      ['stage', 'review', 1],
      ['step', 'site', 1],
      ['step', 'water', 1],
    ]);
    const half = [...opened, fact('answered', { step: 'site', round: 1 })];
    expect(running(half).map(([, step]) => step)).toEqual([undefined, 'review', 'water']);
    const whole = [...half, fact('answered', { step: 'water', round: 1 })];
    expect(running(whole)).toEqual([['case', undefined, 1]]);
  });

  it('of a step that no clock is planned for does not run', () => {
    const outside = { id: 'outside', unit: county, days: 0 };
    const { fact, seen } = begin({ stages: [{ id: 'review', steps: [outside] }] });
    expect(running([...seen, fact('stageOpened', { stage: 'review' })])).toEqual([['case', undefined, 1]]);
  });

  it('is not moved by what had no effect', () => {
    const { fact, seen } = begin();
    const end = fact('ended', { ending: '2', reasonsGiven: true }, october(16), { withoutEffect: true });
    expect(running([...seen, end])).toEqual([['case', undefined, 1]]);
  });

  it('stopped the very instant its threshold is reached is late, a millisecond earlier it is not', () => {
    const stopped = (at: string) => {
      const { fact, seen } = begin({ stages: [] });
      return [...seen, fact('ended', { ending: '6', reasonsGiven: true }, at)];
    };
    expect(rulesAt(late, stopped(october(24)))).toEqual(['case.warning', 'case.yellow']);
    expect(rulesAt(late, stopped(october(24, -1)))).toEqual(['case.warning']);
  });
});

describe('a special procedure', () => {
  const started = () => {
    const { fact, seen } = begin({ stages: [] });
    const procedure = fact('procedureStarted', { ground: 'expertReview', days: 7 });
    return { fact, procedure, seen: [...seen, procedure] };
  };
  const ofProcedure = (seen: readonly Seen[]) =>
    rulesAt(late, seen).filter((rule) => rule.startsWith('procedure'));

  it('of a case void or returned before its card is due draws none', () => {
    for (const ending of ['1', '2', '3'] as const) {
      const { fact, seen } = started();
      expect(ofProcedure([...seen, fact('ended', { ending, reasonsGiven: true }, october(24, -1))])).toEqual([
        'procedure.warning',
      ]);
    }
  });

  it('keeps the card that was due before the case was void', () => {
    const { fact, seen } = started();
    expect(ofProcedure([...seen, fact('ended', { ending: '2', reasonsGiven: true }, october(24))])).toEqual([
      'procedure.warning',
      'procedure.yellow',
    ]);
  });

  it('left unfinished by a case that closed normally draws its cards', () => {
    const { fact, seen } = started();
    expect(ofProcedure([...seen, fact('ended', { ending: '6', reasonsGiven: true }, october(16))])).toEqual([
      'procedure.warning',
      'procedure.yellow',
      'procedure.red',
    ]);
  });

  it('of one step stands still that step and the case, not the steps beside it', () => {
    const { fact, seen } = begin();
    const opened = [...seen, fact('stageOpened', { stage: 'review' })];
    const all = [
      ...opened,
      fact('procedureStarted', { step: 'water', ground: 'testing', days: 3 }, october(16), { unit: water }),
    ];
    const rests = superviseAll(all).clocks.map(({ kind, step, suspensions }) => [
      kind,
      step,
      suspensions.length,
    ]);
    expect(rests).toEqual([
      ['correctionNotice', undefined, 0],
      ['case', undefined, 1],
      ['step', 'site', 0],
      ['step', 'water', 1],
      ['procedure', 'water', 0],
    ]);
  });

  it('of the whole case holds the steps that open while it runs, and lets them go with its end', () => {
    const { fact, seen } = begin();
    const procedure = fact('procedureStarted', { ground: 'hearing', days: 5 });
    const opened = [...seen, procedure, fact('stageOpened', { stage: 'review' }, october(16))];
    const ended = [...opened, fact('procedureEnded', { procedure: procedure.hash }, october(17))];
    const endOf = (all: readonly Seen[]) =>
      superviseAll(all)
        .clocks.filter(({ kind }) => kind === 'step')
        .map(({ suspensions }) => suspensions.map(({ endedAt }) => endedAt));
    expect(endOf(opened)).toEqual([[undefined], [undefined]]);
    expect(endOf(ended)).toEqual([[october(17)], [october(17)]]);
  });

  it('gives the case no more than the days the applicant was told of', () => {
    const { seen } = started();
    const yellow = cardsAt(late, seen).find(({ cause }) => cause.rule === 'case.yellow');
    // Seven allowed days, then seven promised ones and one over: never ended, yet not for ever.
    expect(yellow?.dueAt).toBe('2018-11-02T02:00:00.000Z');
  });
});

describe('an extension', () => {
  it('moves the limit of the case, or of its step', () => {
    const { fact, seen } = begin({ stages: [] });
    const extended = [...seen, fact('extended', { days: 2 }, october(16))];
    expect(cardsAt(late, extended).map(({ dueAt }) => dueAt)).toEqual([
      october(23),
      october(26),
      october(31),
    ]);
    expect(rulesAt(late, extended)).toEqual(['case.warning', 'case.yellow', 'case.red']);
  });
});

describe('a handover', () => {
  it('to the tier above stops one clock and starts another, with its own limits', () => {
    const { fact, seen } = begin({ stages: [] });
    const all = [...seen, fact('transferred', { to: city, from: october(18), steps: [] }, october(18))];
    const cards = cardsAt(late, all);
    expect(cards.map(({ cause, accountable }) => [cause.event, accountable.unit.tier])).toEqual([
      [all[2]?.hash, city.tier],
      [all[2]?.hash, city.tier],
      [all[2]?.hash, city.tier],
    ]);
    expect(cards[1]?.dueAt).toBe(october(29));
  });

  it('takes the steps of the lead along, in a further round', () => {
    const { fact, seen } = begin();
    const opened = [...seen, fact('stageOpened', { stage: 'review' })];
    const all = [
      ...opened,
      fact('transferred', { to: city, from: october(18), steps: ['site'] }, october(18)),
    ];
    expect(running(all)).toEqual([
      ['step', 'water', 1],
      ['case', undefined, 1],
      ['step', 'site', 2],
    ]);
    const late1 = [...all, fact('answered', { step: 'site', round: 1 }, october(18))];
    expect(running(late1)).toContainEqual(['step', 'site', 2]);
    const now = [...all, fact('answered', { step: 'site', round: 2 }, october(18))];
    expect(running(now)).not.toContainEqual(['step', 'site', 2]);
  });

  it('by takeover leaves what was late with whom it was late, to the very instant', () => {
    const after = (at: string) => {
      const { fact, seen } = begin({ stages: [] });
      const all = [...seen, fact('takenOver', { to: city }, at, { tier: city.tier })];
      return cardsAt(late, all).map(({ accountable }) => accountable.unit);
    };
    expect(after(october(24, -1))).toEqual([county, city, city]);
    expect(after(october(24))).toEqual([county, county, city]);
  });
});

describe('what was reopened', () => {
  it('runs on without the time it was closed, and its certificate is no longer due', () => {
    const { fact, seen } = begin({ stages: [] });
    const closed = [...seen, fact('ended', { ending: '0', reasonsGiven: true }, october(16))];
    expect(running(closed)).toEqual([['certificate', undefined, 1]]);
    const again = [...closed, fact('reopened', {}, october(18))];
    expect(running(again)).toEqual([['case', undefined, 1]]);
    const yellow = cardsAt(late, again).find(({ cause }) => cause.rule === 'case.yellow');
    expect(yellow?.dueAt).toBe(october(26));
  });

  it('is a further round of a step, with its own clock and cause', () => {
    const { fact, seen } = begin();
    const answered = [
      ...seen,
      fact('stageOpened', { stage: 'review' }),
      fact('answered', { step: 'site', round: 1 }, october(16)),
    ];
    const again = fact('reopened', { step: 'site', round: 2 }, october(17));
    expect(running([...answered, again])).toContainEqual(['step', 'site', 2]);
    const clock = superviseAll([...answered, again]).clocks.at(-1);
    expect([clock?.cause, clock?.from]).toEqual([again.hash, october(17)]);
  });
});

describe('a request for information', () => {
  const asked = (at: string) => {
    const fact = facts();
    const request = fact('informationRequested', { asked: county }, at);
    return { fact, request };
  };
  const limits = (at: string, seen: readonly Seen[]) =>
    cardsAt(at, seen, {
      ...termsOf(strict2026, 'started', [year2018, year2019]),
      adopted: [adoptedOf(pack)],
    }).map(({ reckoning }) => (reckoning.kind === 'clock' ? reckoning.limitDays : 0));
  /** The dated limits of one pack with the cards of the other. */
  const pack = { ...hunan2018, clockRules: strict2026.clockRules };

  it('has the limit of the law of the day on which it came', () => {
    const before = asked('2019-05-14T02:00:00.000Z');
    const after = asked('2019-05-15T02:00:00.000Z');
    expect(new Set(limits('2019-08-01T00:00:00.000Z', [before.request]))).toEqual(new Set([15]));
    expect(new Set(limits('2019-08-01T00:00:00.000Z', [after.request]))).toEqual(new Set([20]));
  });

  it('is extended by what the same law allows', () => {
    for (const [at, days] of [
      ['2019-05-14T02:00:00.000Z', 30],
      ['2019-05-15T02:00:00.000Z', 40],
    ] as const) {
      const { fact, request } = asked(at);
      const extended = [request, fact('informationExtended', { request: request.hash }, at)];
      expect(new Set(limits('2019-10-01T00:00:00.000Z', extended))).toEqual(new Set([days]));
    }
  });

  it('stands still while a third party is asked', () => {
    const { fact, request } = asked(received);
    const consulted = fact('thirdPartyConsulted', { request: request.hash }, october(16));
    expect(limits(late, [request, consulted])).toEqual([]);
    const answered = fact('thirdPartyAnswered', { consultation: consulted.hash }, october(18));
    expect(limits(late, [request, consulted, answered])).toEqual([15, 15, 15]);
    const done = fact('informationAnswered', { request: request.hash }, october(19));
    expect(limits(late, [request, consulted, answered, done])).toEqual([]);
  });
});

describe('a complaint', () => {
  it('may be extended, and ends with its answer', () => {
    const fact = facts();
    const complained = fact('complained', { about: county });
    const extended = [
      complained,
      fact('complaintExtended', { complaint: complained.hash, days: 3 }, october(16)),
    ];
    expect(cardsAt(october(22), extended).map(({ dueAt }) => dueAt)).toEqual([october(22)]);
    const answered = [...extended, fact('complaintAnswered', { complaint: complained.hash }, october(17))];
    expect(rulesAt(late, answered)).toEqual([]);
  });
});

describe('the agenda of a matter', () => {
  it('names the next instant that brings something', () => {
    const { seen } = begin({ stages: [] });
    const agenda = agendaUnder(termsOf())(superviseAll(seen));
    expect(nextDue(agenda, received)).toBe(october(19));
    expect(nextDue(agenda, october(19))).toBe(october(24));
    expect(nextDue(agenda, october(29))).toBeUndefined();
    expect(agenda.stalled).toEqual([]);
  });

  it('keeps what it computed for a clock that no fact touched', () => {
    const { fact, seen } = begin();
    let counted = 0;
    const terms = termsOf();
    const time = {
      ...terms.time,
      after: (from: number, amount: number) => (counted++, terms.time.after(from, amount)),
    };
    const agenda = agendaUnder({ ...terms, time });
    const opened = [...seen, fact('stageOpened', { stage: 'review' })];
    const state = superviseAll(opened);
    agenda(state);
    counted = 0;
    agenda(state);
    expect(counted).toBe(0);
  });

  it('says which clock waits for a year nobody published, and keeps the thresholds it can tell', () => {
    const fact = facts();
    const at = '2018-12-20T02:00:00.000Z';
    const seen = [
      fact('applied', { ...application, stages: [] }, at),
      fact('accepted', { from: at, missing: [] }, at),
    ];
    const agenda = agendaUnder(termsOf())(superviseAll(seen));
    expect(agenda.entries.map(({ rule }) => rule.id)).toEqual(['case.warning', 'case.yellow']);
    expect(agenda.stalled).toEqual([
      { cause: seen[1]?.hash, refusal: { code: 'calendar-year-missing', year: 2019 } },
    ]);
    const published = agendaUnder(termsOf(undefined, 'started', [year2018, year2019]))(superviseAll(seen));
    expect(published.entries).toHaveLength(3);
    expect(published.stalled).toEqual([]);
  });

  it('says so when no rules were in force', () => {
    const { seen } = begin({ stages: [] });
    const agenda = agendaUnder({ ...termsOf(), adopted: [] })(superviseAll(seen));
    expect(agenda.entries).toEqual([]);
    expect(agenda.stalled.map(({ refusal }) => refusal)).toEqual([
      { code: 'rules-not-adopted', date: '2018-10-15' },
      { code: 'rules-not-adopted', date: '2018-10-15' },
    ]);
  });

  it('judges what began under other rules by those, whatever was adopted since', () => {
    const { seen } = begin({ stages: [] });
    const later = { ...adoptedOf(strict2026), effectiveFrom: '2018-10-16' };
    const terms = { ...termsOf(), adopted: [adoptedOf(hunan2018), later] };
    expect(cardsAt(october(24), seen, terms).map(({ rules }) => rules.split('@')[0])).toEqual([
      'hunan-2018',
      'hunan-2018',
    ]);
    const earlier = { ...later, effectiveFrom: '2018-10-15' };
    const [first] = cardsAt(october(24), seen, { ...terms, adopted: [adoptedOf(hunan2018), earlier] });
    expect(first?.rules).toMatch(/^strict-2026@1#[0-9a-f]{64}$/);
  });

  it('counts from when the doors open where the rules say so, and waits where nobody said when', () => {
    const { seen } = begin({ stages: [] });
    const open = { ok: true, value: Date.parse(october(16)) } as const;
    const yellowAt = (terms: Terms) =>
      cardsAt(late, seen, terms).find(({ cause }) => cause.rule === 'case.yellow')?.dueAt;
    const terms = termsOf(strict2026);
    expect(yellowAt(terms)).toBe(october(24));
    expect(yellowAt({ ...terms, nextOpening: () => open })).toBe(october(25));
    expect(yellowAt({ ...termsOf(), nextOpening: refuseHours })).toBe(october(24));
    const stalled = agendaUnder({ ...terms, nextOpening: refuseHours })(superviseAll(seen)).stalled;
    expect(stalled.map(({ refusal }) => refusal.code)).toEqual([
      'office-hours-missing',
      'office-hours-missing',
    ]);
  });
});
