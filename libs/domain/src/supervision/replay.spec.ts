import { describe, expect, it } from '@jest/globals';
import { canonicalJson } from '@liandong/kernel';
import fc from 'fast-check';
import {
  application,
  cardsAt,
  city,
  county,
  facts,
  hashOf,
  matter,
  october,
  received,
  termsOf,
  water,
  year2018,
} from '../../test/supervision/sample.ts';
import {
  agendaUnder,
  cardWork,
  type CorrectionOfCard,
  causeKey,
  dueQueue,
  follow,
  instantOf,
  judge,
  type Judgement,
  nextDue,
  nothingSupervised,
  type Seen,
  superviseAll,
  type Supervised,
} from './index.ts';

const late = '2018-12-20T00:00:00.000Z';

/** A case with something of everything, in the order of its register. */
const course = (): readonly Seen[] => {
  const fact = facts();
  const procedure = 5;
  const consulted = 7;
  return [
    fact('applied', { ...application, entry: 'online', chargeable: true }),
    fact('correctionRequired', { demands: ['map'] }, october(16)),
    fact('accepted', { from: october(17), missing: ['deed'] }, october(17)),
    fact('stageOpened', { stage: 'review' }, october(17)),
    fact('procedureStarted', { ground: 'expertReview', days: 3 }, october(18), { unit: county }),
    fact('answered', { step: 'site', round: 1 }, october(23), { unit: county, authid: 'surveyor' }),
    fact('consulted', { asked: city }, october(23), { unit: county }),
    fact('procedureEnded', { procedure: hashOf(procedure) }, october(25)),
    fact('answered', { step: 'water', round: 1 }, october(26), { unit: water }),
    fact('consultationAnswered', { consultation: hashOf(consulted) }, october(31), { unit: city }),
    fact('stageOpened', { stage: 'decision' }, october(31)),
    fact('answered', { step: 'permit', round: 1 }, '2018-11-06T02:00:00.000Z', { unit: county }),
    fact('ended', { ending: '0', reasonsGiven: true }, '2018-11-07T02:00:00.000Z', { unit: county }),
    fact('delivered', {}, '2018-11-20T02:00:00.000Z'),
  ];
};

const byRegister = (all: readonly Seen[]): readonly Seen[] =>
  all.toSorted((a, b) => (a.hash < b.hash ? -1 : 1));
const text = (cards: readonly Judgement[]): string => canonicalJson(cards);

describe('the cards of a matter', () => {
  it('are many in a case with something of everything', () => {
    expect(new Set(cardsAt(late, course()).map(({ cause }) => cause.rule))).toEqual(
      new Set([
        'materialsIncomplete',
        'procedure.warning',
        'procedure.yellow',
        'procedure.red',
        'consultation.warning',
        'consultation.yellow',
        'consultation.red',
        'case.warning',
        'case.yellow',
        'case.red',
        'notChargedThoughChargeable',
        'certificate.yellow',
      ]),
    );
  });

  it('are the same bytes in any order of arrival', () => {
    const whole = course();
    const once = text(cardsAt(late, whole));
    fc.assert(
      fc.property(fc.shuffledSubarray([...whole], { minLength: whole.length }), (arrived) => {
        let held: readonly Seen[] = [];
        let cards: readonly Judgement[] = [];
        for (const one of arrived) {
          held = byRegister([...held, one]);
          cards = cardsAt(late, held);
        }
        expect(text(cards)).toBe(once);
      }),
      { numRuns: 50 },
    );
  });

  it('are those of one fact after the other, kept or counted anew', () => {
    const whole = course();
    const agenda = agendaUnder(termsOf());
    let state: Supervised = nothingSupervised;
    for (const [n, seen] of whole.entries()) {
      state = follow(state, seen);
      const anew = superviseAll(whole.slice(0, n + 1));
      const judging = { matter, frontier: [seen.hash], calendar: 'c', at: late };
      expect(judge(state, agenda(state), judging)).toEqual(
        judge(anew, agendaUnder(termsOf())(anew), judging),
      );
    }
  });

  it('only grow with the instant, and each is judged the same at every later one', () => {
    const at = fc
      .integer({ min: 0, max: 60 * 24 })
      .map((hours) => instantOf(Date.parse(received) + hours * 3_600_000));
    fc.assert(
      fc.property(at, at, (a, b) => {
        const [early, later] = [a, b].sort() as [string, string];
        const without = (cards: readonly Judgement[]) => cards.map((card) => ({ ...card, judgedAt: '' }));
        const then = without(cardsAt(early, course()));
        expect(without(cardsAt(later, course())).slice(0, then.length)).toEqual(then);
      }),
    );
  });

  it('have one cause each', () => {
    const causes = cardsAt(late, course()).map(({ cause }) => causeKey(cause));
    expect(new Set(causes).size).toBe(causes.length);
  });
});

describe('a follower that raises what is due', () => {
  /** Looks when the queue says so; a crash forgets all that was not raised. */
  const run = (whole: readonly Seen[], crashes: ReadonlySet<number>) => {
    const raised: Judgement[] = [];
    let queue = dueQueue();
    for (const [n, seen] of whole.entries()) {
      const known = whole.slice(0, n + 1);
      const state = superviseAll(known);
      const agenda = agendaUnder(termsOf())(state);
      const until = whole[n + 1]?.at ?? late;
      if (crashes.has(n)) queue = dueQueue();
      queue.schedule(matter, Date.parse(seen.at));
      for (;;) {
        const [due] = queue.takeDue(Date.parse(until) - 1, 1);
        if (due === undefined) break;
        const at = instantOf(due.at);
        const judging = { matter, frontier: [seen.hash], calendar: 'c', at };
        raised.push(
          ...cardWork(
            raised.map((judgement) => ({ judgement, corrections: [] })),
            judge(state, agenda, judging),
            {
              frontier: [],
              calendar: 'c',
              reason: 'lateFact',
            },
          ).toRaise,
        );
        const next = nextDue(agenda, at);
        queue.schedule(matter, next === undefined ? undefined : Date.parse(next));
      }
    }
    return raised.map(({ cause, dueAt }) => [causeKey(cause), dueAt]).toSorted();
  };

  it('raises each card once and at its instant, whenever it crashes', () => {
    const whole = course();
    const expected = cardsAt(late, whole)
      .map(({ cause, dueAt }) => [causeKey(cause), dueAt])
      .toSorted();
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(whole.length)), (crashes) => {
        expect(run(whole, new Set(crashes))).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });
});

describe('what comes to light later', () => {
  const fact = facts();
  const begun = [
    fact('applied', { ...application, stages: [] }),
    fact('accepted', { from: received, missing: [] }),
  ];
  const raised = cardsAt(october(24), begun).map((judgement) => ({ judgement, corrections: [] }));
  const newly = { frontier: [hashOf(3)], calendar: 'c', reason: 'lateFact' } as const;

  it('that the case had ended in time only adds to the cards', () => {
    const ended = [...begun, fact('ended', { ending: '6', reasonsGiven: true }, october(18))];
    const due = cardsAt(october(25), ended).filter(({ cause }) => cause.rule.startsWith('case'));
    const { toRaise, toCorrect } = cardWork(raised, due, newly);
    expect(toRaise).toEqual([]);
    expect(toCorrect.map(({ raised: card, correction }) => [card.cause.rule, correction])).toEqual([
      ['case.warning', { finding: 'notDue', ...newly }],
      ['case.yellow', { finding: 'notDue', ...newly }],
    ]);
  });

  it('that the clock had stood still moves nothing but what is added', () => {
    const held = [...begun, fact('procedureStarted', { ground: 'hearing', days: 1 }, october(16))];
    const { toRaise, toCorrect } = cardWork(
      raised,
      cardsAt(october(25), held).filter(({ cause }) => cause.rule.startsWith('case')),
      newly,
    );
    expect(toRaise).toEqual([]);
    expect(toCorrect.map(({ correction }) => correction.dueAt)).toEqual([october(22), october(25)]);
  });

  it('that another tier had taken over says whose card it is', () => {
    const taken = [...begun, fact('takenOver', { to: city }, october(22))];
    const { toCorrect } = cardWork(raised, cardsAt(october(24), taken), newly);
    expect(toCorrect.map(({ correction }) => [correction.finding, correction.accountable?.unit])).toEqual([
      ['otherwiseAccountable', city],
    ]);
  });

  it('in the calendar makes no second card of one cause', () => {
    const corrected = termsOf(undefined, 'started', [
      { ...year2018, holidays: [...year2018.holidays, '2018-10-17'] },
    ]);
    const due = cardsAt(october(31), begun, corrected);
    const { toRaise, toCorrect } = cardWork(raised, due, { ...newly, reason: 'calendarCorrected' });
    expect(toRaise.map(({ cause }) => cause.rule)).toEqual(['case.red']);
    expect(toCorrect.map(({ correction }) => [correction.finding, correction.dueAt])).toEqual([
      ['dueOtherwise', october(22)],
      ['dueOtherwise', october(25)],
    ]);
  });

  it('and changes nothing adds nothing', () => {
    const due = raised.map(({ judgement }) => judgement);
    expect(cardWork(raised, due, newly)).toEqual({ toRaise: [], toCorrect: [] });
  });

  it('and takes back what had been added says so once', () => {
    const due = raised.map(({ judgement }) => judgement);
    const notDue = { finding: 'notDue', ...newly } as const;
    const asRaised = { finding: 'asRaised', ...newly } as const;
    const after = (...corrections: readonly CorrectionOfCard[]) =>
      cardWork(
        raised.map((card) => ({ ...card, corrections })),
        due,
        newly,
      ).toCorrect.map(({ correction }) => correction);
    expect(after(notDue)).toEqual([asRaised, asRaised]);
    expect(after(notDue, asRaised)).toEqual([]);
  });
});
