import { describe, expect, it } from '@jest/globals';
import { ok, refuse, type Result } from '@liandong/kernel';
import fc from 'fast-check';
import { hashOf, year2018, year2019 } from '../../test/supervision/sample.ts';
import { workingTime } from '../calendar/index.ts';
import {
  countAfter,
  fullDay,
  instantOf,
  reachedAt,
  restsOf,
  runningFor,
  runUntil,
  type Suspension,
} from './index.ts';

const value = <Value>(result: Result<Value, unknown>): Value => {
  if (result.ok) return result.value;
  throw new Error(JSON.stringify(result.refusal));
};
const time = workingTime([year2018, year2019]);
const start = Date.parse('2018-09-25T00:00:00Z');
const hour = 3_600_000;

const instants = fc.integer({ min: 0, max: 40 * 24 * 4 }).map((quarters) => start + (quarters * hour) / 4);
const suspensions = fc
  .tuple(instants, fc.integer({ min: 0, max: 400 }))
  .map(([from, quarters]) => [from, from + (quarters * hour) / 4] as const);
const rest = ([from, to]: readonly [number, number]): Suspension => ({
  ground: 'inspection',
  cause: hashOf(1),
  from: instantOf(from),
  endedAt: instantOf(to),
});
const amounts = fc.oneof(
  fc.integer({ min: 0, max: 20 }).map((n) => n * fullDay),
  fc.nat(20 * fullDay),
);

const reached = (from: number, entries: readonly Suspension[], amount: number) =>
  reachedAt(time, from, value(restsOf(time, entries)), amount);

describe('a clock that stood still', () => {
  it('is never earlier for one rest more', () => {
    fc.assert(
      fc.property(
        instants,
        fc.array(suspensions, { maxLength: 5 }),
        suspensions,
        amounts,
        (from, some, one, amount) => {
          const before = value(reached(from, some.map(rest), amount));
          const after = value(reached(from, [...some, one].map(rest), amount));
          expect(after).toBeGreaterThanOrEqual(before ?? Infinity);
        },
      ),
    );
  });

  it('cannot tell one rest from two that touch', () => {
    fc.assert(
      fc.property(
        instants,
        suspensions,
        fc.nat(100),
        fc.array(suspensions, { maxLength: 3 }),
        amounts,
        (from, [a, b], part, others, amount) => {
          const middle = a + Math.floor(((b - a) * part) / 100);
          const whole = reached(from, [...others, [a, b] as const].map(rest), amount);
          const split = reached(
            from,
            [[middle, b] as const, ...others, [a, middle] as const].map(rest),
            amount,
          );
          expect(split).toEqual(whole);
        },
      ),
    );
  });

  it('has run, when it gets there, exactly as long as it had to', () => {
    fc.assert(
      fc.property(instants, fc.array(suspensions, { maxLength: 5 }), amounts, (from, some, amount) => {
        const rests = value(restsOf(time, some.map(rest)));
        const at = value(reachedAt(time, from, rests, amount));
        expect(runUntil(time, from, rests, at ?? 0)).toEqual(ok(amount));
        expect(value(runUntil(time, from, rests, (at ?? 0) + 1))).toBe(amount + 1);
      }),
    );
  });

  it('is not due while an open rest lasts', () => {
    const open: Suspension = {
      ground: 'thirdPartyConsultation',
      cause: hashOf(1),
      from: instantOf(start + fullDay),
    };
    expect(reached(start, [open], fullDay / 2)).toEqual(ok(start + fullDay / 2));
    expect(reached(start, [open], 2 * fullDay)).toEqual(ok(undefined));
  });

  it('runs again when the days allowed for a procedure are used up, ended or not', () => {
    const allowed: Suspension = {
      ground: 'hearing',
      cause: hashOf(1),
      from: instantOf(start),
      allowedDays: 3,
    };
    const late = { ...allowed, endedAt: instantOf(start + 20 * fullDay) };
    const early = { ...allowed, endedAt: instantOf(start + fullDay) };
    const three = value(time.after(start, 3 * fullDay));
    expect(restsOf(time, [allowed])).toEqual(ok([{ from: start, to: three }]));
    expect(restsOf(time, [late])).toEqual(ok([{ from: start, to: three }]));
    expect(restsOf(time, [early])).toEqual(ok([{ from: start, to: start + fullDay }]));
  });

  it('stops with a typed error at a year nobody published', () => {
    const only2018 = workingTime([year2018]);
    const from = Date.parse('2018-12-28T02:00:00Z');
    const missing = refuse({ code: 'calendar-year-missing', year: 2019 });
    expect(reachedAt(only2018, from, [], 5 * fullDay)).toEqual(missing);
    const allowed: Suspension = {
      ground: 'hearing',
      cause: hashOf(1),
      from: instantOf(from),
      allowedDays: 9,
    };
    expect(restsOf(only2018, [allowed])).toEqual(missing);
    const over = { ...allowed, endedAt: instantOf(from + hour) };
    expect(restsOf(only2018, [over])).toEqual(ok([{ from, to: from + hour }]));
  });
});

describe('the two conventions', () => {
  it('differ by exactly one working day', () => {
    fc.assert(
      fc.property(
        instants,
        fc.array(suspensions, { maxLength: 4 }),
        fc.integer({ min: 1, max: 20 }),
        (from, some, count) => {
          const rests = value(restsOf(time, some.map(rest)));
          const started = value(reachedAt(time, from, rests, runningFor('started', count))) ?? 0;
          const elapsed = value(reachedAt(time, from, rests, runningFor('elapsed', count))) ?? 0;
          const run = (until: number) => value(runUntil(time, from, rests, until));
          expect(run(elapsed) - run(started)).toBe(fullDay);
          expect(countAfter('started', run(started))).toBe(count);
          expect(countAfter('elapsed', run(elapsed))).toBe(count);
          expect(countAfter('started', run(elapsed))).toBe(count + 1);
        },
      ),
    );
  });

  it('have no day before the first', () => {
    expect(runningFor('started', -3)).toBe(0);
    expect(runningFor('elapsed', -3)).toBe(0);
  });
});
