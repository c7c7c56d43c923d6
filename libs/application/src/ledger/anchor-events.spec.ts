import { describe, expect, it } from '@jest/globals';
import { type AnchoringPlace, nextAnchoring, type SeenCheckpoint } from './anchor-events.ts';

const now = new Date('2026-03-02T01:10:00.000Z');
const seen = (origin: string, size: number): SeenCheckpoint => ({
  origin,
  size,
  root: '0'.repeat(64),
  time: '2026-03-02T01:09:58.000Z',
});
const place = (changes: Partial<AnchoringPlace>): AnchoringPlace => ({
  now,
  last: new Date('2026-03-02T01:09:00.000Z'),
  otherSince: true,
  named: new Map([['a', 5]]),
  seen: [seen('a', 7), seen('b', 3)],
  ...changes,
});

describe('the heads of other ledgers', () => {
  it('are recorded where they grew, those longest unnamed first', () => {
    expect(nextAnchoring(place({}))).toEqual({
      type: 'liandong.ledger.anchored.v1',
      data: { checkpoints: [seen('b', 3), seen('a', 7)] },
    });
    expect(nextAnchoring(place({ named: new Map([['a', 7]]) }))?.data.checkpoints).toEqual([seen('b', 3)]);
  });

  it('are recorded at most once a minute, and at once the first time', () => {
    expect(nextAnchoring(place({ last: new Date('2026-03-02T01:09:00.001Z') }))).toBeUndefined();
    expect(nextAnchoring(place({ last: undefined }))).toBeDefined();
  });

  it('are not recorded where nothing grew, nor while the own ledger holds nothing new but such records', () => {
    expect(nextAnchoring(place({ seen: [seen('a', 5), seen('a', 4)] }))).toBeUndefined();
    expect(nextAnchoring(place({ otherSince: false }))).toBeUndefined();
  });

  it('have their turn next time when they are too many for one event', () => {
    const many = Array.from({ length: 150 }, (_, n) => seen(`log-${String(n).padStart(3, '0')}`, 1));
    const first = nextAnchoring(place({ seen: many, named: new Map() }))!.data.checkpoints;
    const named = new Map(first.map(({ origin, size }) => [origin, size]));
    const second = nextAnchoring(place({ seen: many, named }))!.data.checkpoints;
    expect([first.length, second.length]).toEqual([100, 50]);
    expect(new Set([...first, ...second].map(({ origin }) => origin)).size).toBe(150);
  });
});
