import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { judgeTime, surelyAfter, surelyBy, timeWindow } from './time-window.ts';

const at = (minutes: number) => new Date(Date.UTC(2026, 2, 2, 1, minutes));
const tolerance = 5_000;
const evidence = {
  anchors: [
    { seq: 10, times: [at(10)] },
    { seq: 20, times: [at(20), at(19)] },
  ],
  heads: [
    { size: 15, times: [at(12), at(12), at(12)] },
    { size: 30, times: [at(22), at(23), at(24)] },
  ],
  liars: 1,
};

describe('the time window of a leaf', () => {
  it('begins with what other ledgers had shown before it and ends with its first anchoring', () => {
    expect(timeWindow(evidence, 12)).toEqual({ notBefore: at(10), notAfter: at(12) });
    expect(timeWindow(evidence, 25)).toEqual({ notBefore: at(20), notAfter: at(23) });
  });

  it('has no beginning before the first record, and no end before it is anchored', () => {
    expect(timeWindow(evidence, 10)).toEqual({ notAfter: at(12) });
    expect(timeWindow(evidence, 30)).toEqual({ notBefore: at(20) });
  });

  it('flags an author whose clock is an hour slow, or fast, and not one within the tolerance', () => {
    const window = timeWindow(evidence, 12);
    expect(judgeTime(at(11 - 60), window, tolerance)).toEqual({ flag: 'back-dated', byMs: 59 * 60_000 });
    expect(judgeTime(at(11 + 60), window, tolerance)).toEqual({ flag: 'post-dated', byMs: 59 * 60_000 });
    expect(judgeTime(new Date(at(10).getTime() - tolerance), window, tolerance)).toEqual({
      flag: 'unsuspicious',
    });
    expect(judgeTime(new Date(at(12).getTime() + tolerance), window, tolerance)).toEqual({
      flag: 'unsuspicious',
    });
    expect(judgeTime(at(0), {}, tolerance)).toEqual({ flag: 'unsuspicious' });
  });

  it('never flags an honest event, whatever a minority of witnesses says', () => {
    const minute = fc.integer({ min: 0, max: 10_000 });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3 }),
        minute,
        fc.array(fc.tuple(minute, fc.array(minute, { maxLength: 3 })), { maxLength: 5 }),
        fc.array(fc.tuple(minute, fc.array(minute, { maxLength: 3 })), { maxLength: 5 }),
        (liars, happened, befores, afters) => {
          const honest = 2 * liars + 1;
          const lies = (list: readonly number[]) => list.slice(0, liars).map(at);
          // What was recorded before the leaf was true before it; what anchors it came after.
          const anchors = befores.map(([before, said], n) => {
            const true_ = Array.from({ length: honest }, () => at(Math.min(before, happened)));
            const time = surelyAfter([...true_.slice(said.length), ...lies(said)], liars);
            return { seq: n, times: time === undefined ? [] : [time] };
          });
          const heads = afters.map(([after, said]) => {
            const true_ = Array.from({ length: honest }, () => at(happened + after));
            return { size: 100, times: [...true_.slice(said.length), ...lies(said)] };
          });
          const window = timeWindow({ anchors, heads, liars }, 50);
          expect(judgeTime(at(happened), window, 0)).toEqual({ flag: 'unsuspicious' });
        },
      ),
    );
  });

  it('flags whatever lies outside by more than the tolerance', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), (beyond) => {
        const window = timeWindow(evidence, 12);
        const early = new Date(at(10).getTime() - tolerance - beyond);
        const late = new Date(at(12).getTime() + tolerance + beyond);
        expect(judgeTime(early, window, tolerance)).toEqual({ flag: 'back-dated', byMs: tolerance + beyond });
        expect(judgeTime(late, window, tolerance)).toEqual({ flag: 'post-dated', byMs: tolerance + beyond });
      }),
    );
  });

  it('believes no time that liars alone could have made', () => {
    expect(surelyBy([at(1)], 1)).toBeUndefined();
    expect(surelyBy([at(1), at(9), at(10)], 1)).toEqual(at(9));
    expect(surelyAfter([at(99), at(9), at(8)], 1)).toEqual(at(9));
  });
});
