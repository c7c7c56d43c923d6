import { describe, expect, it } from '@jest/globals';
import { application, facts, october, received, termsOf } from '../../test/supervision/sample.ts';
import {
  type Clock,
  type ClockKind,
  type CountedLimit,
  figuresAt,
  type Seen,
  type Standing,
  standingUnder,
  strict2026,
  superviseAll,
  turnsAfter,
} from './index.ts';

const begin = (change: Partial<typeof application> = {}) => {
  const fact = facts();
  const seen = [
    fact('applied', { ...application, ...change }),
    fact('accepted', { from: received, missing: [] }),
  ];
  return { fact, seen };
};

const clockOf = (kind: ClockKind, seen: readonly Seen[]): Clock => {
  const clock = superviseAll(seen).clocks.find((one) => one.kind === kind);
  if (clock === undefined) throw new Error(`no ${kind}`);
  return clock;
};

const standingOf = (clock: Clock, terms = termsOf()): Standing => {
  const standing = standingUnder(terms)(clock);
  if (!standing.ok) throw new Error(standing.refusal.code);
  return standing.value;
};

const counted = (clock: Clock): CountedLimit => ({
  ...{ kind: 'limit', element: clock.kind, from: clock.from, standing: standingOf(clock) },
  ...(clock.stopped !== undefined && { endedAt: clock.stopped.at }),
});

describe('the standing of a clock', () => {
  it('names every instant at which time alone changes it, to the second', () => {
    const clock = clockOf('case', begin().seen);
    expect(standingOf(clock)).toEqual({
      ...{ promisedDays: 7, statutoryDays: 10, soonAt: october(19) },
      ...{ overPromisedAt: october(24), overStatutoryAt: october(29) },
    });
    const limit = counted(clock);
    expect(figuresAt(limit, october(19, -1))).toEqual(['open']);
    expect(figuresAt(limit, october(19))).toEqual(['open', 'dueSoon']);
    expect(figuresAt(limit, october(24, -1))).toEqual(['open', 'dueSoon']);
    expect(figuresAt(limit, october(24))).toEqual(['open', 'late', 'overPromised']);
    expect(figuresAt(limit, october(29, -1))).toEqual(['open', 'late', 'overPromised']);
    expect(figuresAt(limit, october(29))).toEqual(['open', 'late', 'overPromised', 'overStatutory']);
    const turns = [received];
    for (let next = turnsAfter(limit, received); next !== undefined; next = turnsAfter(limit, next))
      turns.push(next);
    expect(turns).toEqual([received, october(19), october(24), october(29)]);
  });

  it('takes the warning from the rules, and where they have none two days before the limit', () => {
    const { seen, fact } = begin();
    const step = clockOf('step', [...seen, fact('stageOpened', { stage: 'review' })]);
    // Three days from a Monday: due soon with the first of them.
    expect(standingOf(step)).toMatchObject({
      promisedDays: 3,
      soonAt: october(15),
      overPromisedAt: october(18),
    });
    expect(standingOf(clockOf('case', seen), termsOf(strict2026)).soonAt).not.toBe(october(19));
  });

  it('moves with a suspension, and stands while the clock does', () => {
    const { seen, fact } = begin();
    const resting = [...seen, fact('procedureStarted', { ground: 'expertReview', days: 3 }, october(17))];
    expect(standingOf(clockOf('case', resting)).overPromisedAt).toBe(october(29));
  });

  it('ends with its clock: how long it ran in tenths of a working day, and over which limits', () => {
    const { seen, fact } = begin();
    const ended = (at: string) =>
      counted(clockOf('case', [...seen, fact('ended', { ending: '6', reasonsGiven: true }, at)]));
    const [inTime, late] = [ended('2018-10-17T14:00:00.000Z'), ended(october(24))];
    expect(inTime.standing?.ranTenths).toBe(25);
    expect(figuresAt(inTime, october(31))).toEqual(['ended']);
    expect(late.standing?.ranTenths).toBe(70);
    expect(figuresAt(late, october(31))).toEqual(['ended', 'overPromised']);
    expect(figuresAt(ended(october(24, -1)), october(31))).toEqual(['ended']);
    expect(turnsAfter(late, received)).toBeUndefined();
  });

  it('is told to be unknown where rules or days are missing, never guessed', () => {
    const clock = clockOf('case', begin().seen);
    const without = { ...termsOf(), adopted: [] };
    expect(standingUnder(without)(clock)).toEqual({
      ok: false,
      refusal: { code: 'rules-not-adopted', date: '2018-10-15' },
    });
    const { kind, element, from } = counted(clock);
    expect(figuresAt({ kind, element, from }, october(31))).toEqual(['open', 'unjudged']);
  });

  it('is reckoned once for a clock that nothing touched', () => {
    const { time, ...terms } = termsOf();
    let reckoned = 0;
    const counting = {
      ...time,
      after: (...asked: Parameters<typeof time.after>) => {
        reckoned++;
        return time.after(...asked);
      },
    };
    const standing = standingUnder({ ...terms, time: counting });
    const clock = clockOf('case', begin().seen);
    standing(clock);
    const once = reckoned;
    standing(clock);
    expect([once > 0, reckoned]).toEqual([true, once]);
  });
});
