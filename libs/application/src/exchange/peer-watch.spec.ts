import { describe, expect, it } from '@jest/globals';
import type { TierCode } from '@liandong/kernel';
import { type LedgerKnown, peerWatch } from './peer-watch.ts';

const county = '431021' as TierCode;

/** A watch that waits three heartbeats, over a world that the test turns. */
const watching = () => {
  const world = { now: 1_000_000, received: 0, known: { size: 0 } as LedgerKnown };
  const watch = peerWatch({
    expected: [county],
    received: () => world.received,
    known: () => world.known,
    clock: { now: () => new Date(world.now * 1_000) },
    settings: { heartbeatMs: 60_000, silenceMs: 180_000 },
  });
  const codes = (news: ReturnType<typeof watch.tick>) => news.map(({ code }) => code);
  return {
    ...{ world, watch },
    /** What is told while so many heartbeats' time passes; each time the tier says this, if anything. */
    pass: (times: number, shown?: Parameters<typeof watch.heard>[1]) =>
      Array.from({ length: times }, () => [
        ...codes(watch.tick()),
        ...(shown === undefined ? [] : codes(watch.heard(county, shown))),
      ]).flat(),
    alarms: () => watch.alarms().map(({ code }) => code),
  };
};

describe('a tier that should be heard', () => {
  it('is an alarm when it keeps silent beyond the limit, once, until it is heard', () => {
    const { pass, alarms, watch } = watching();
    expect(pass(3)).toEqual([]);
    expect(pass(4)).toEqual(['peer-silent']);
    expect(alarms()).toEqual(['peer-silent']);
    expect(watch.heard(county, { head: 0, size: 0 }).map(({ code }) => code)).toEqual(['peer-heard']);
    expect(alarms()).toEqual([]);
    expect(pass(9, { head: 0, size: 0 })).toEqual([]);
  });

  it('is none when only the clock jumps', () => {
    const { pass, world } = watching();
    for (let n = 0; n < 3; n++) {
      world.now += 86_400;
      expect(pass(1)).toEqual([]);
    }
  });
});

describe('a number that was given', () => {
  it('is an alarm when it has not come within the limit, though smaller ones have, until it comes', () => {
    const { pass, alarms, world, watch } = watching();
    pass(1, { head: 7, size: 9 });
    world.received = 6;
    expect(pass(3, { head: 8, size: 9 })).toEqual([]);
    expect(pass(1, { head: 8, size: 9 })).toEqual(['numbers-missing']);
    expect(watch.alarms()).toMatchObject([{ tier: county, detail: '6 came of 7 numbers it gave' }]);
    world.received = 7;
    expect(watch.look(county).map(({ code }) => code)).toEqual(['numbers-came']);
    expect(alarms()).toEqual([]);
  });

  it('has the whole limit from when it was first said', () => {
    const { pass, world } = watching();
    for (let n = 1; n < 20; n++) {
      expect(pass(1, { head: n + 2, size: n + 2 })).toEqual([]);
      world.received = n;
    }
  });
});

describe('a checkpoint', () => {
  it.each([
    ['that stays behind what is known of the ledger', 4],
    ['that is not shown although one is known', 0],
  ])('%s is an alarm until it catches up', (_, size) => {
    const { pass, world, watch } = watching();
    world.known = { size: 5 };
    expect(pass(4, { head: 0, size })).toEqual([]);
    expect(pass(4, { head: 0, size })).toEqual(['checkpoint-behind']);
    expect(watch.heard(county, { head: 0, size: 5 }).map(({ code }) => code)).toEqual([
      'checkpoint-caught-up',
    ]);
  });

  it('may be overtaken by what it covers for a moment, again and again', () => {
    const { pass, world } = watching();
    for (let n = 1; n < 20; n++) {
      world.known = { size: n };
      expect(pass(1, { head: 0, size: n - 1 })).toEqual([]);
      expect(pass(1, { head: 0, size: n })).toEqual([]);
    }
  });
});

describe('what is held of a ledger', () => {
  const shown = { head: 0, size: 5 };

  it('is an alarm when its witnesses said long ago that it is the newest, until they say so again', () => {
    const { pass, world } = watching();
    world.known = { size: 5, asOf: world.now };
    expect(pass(1, shown)).toEqual([]);
    for (let n = 0; n < 3; n++) {
      world.now += 60;
      expect(pass(1, shown)).toEqual([]);
    }
    world.now += 60;
    expect(pass(3, shown)).toEqual(['view-stale']);
    world.known = { size: 5, asOf: world.now };
    expect(pass(1, shown)).toEqual(['view-renewed']);
  });

  it('is none while they say so again, whatever the clock makes of it', () => {
    const { pass, world } = watching();
    for (let n = 0; n < 9; n++) {
      world.now += 86_400;
      world.known = { size: 5, asOf: n };
      expect(pass(1, shown)).toEqual([]);
    }
  });
});
