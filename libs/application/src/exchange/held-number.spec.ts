import { describe, expect, it } from '@jest/globals';
import { belowZero, givenNumber, heldNumber } from './held-number.ts';

describe('the number of a held entry', () => {
  it.each([{ number: 17 }, { number: 17, epoch: 1 }, { number: belowZero - 1, epoch: 8_000_000 }])(
    'is found again by how its author gave it: %j',
    (given) => {
      expect(givenNumber(heldNumber(given))).toEqual(given);
    },
  );

  it('is one of its own in each epoch', () => {
    const all = [{ number: 17 }, { number: 17, epoch: 1 }, { number: 17, epoch: 2 }].map(heldNumber);
    expect(new Set(all).size).toBe(3);
  });

  it('is no longer that of the feed once the epoch is over', () => {
    expect(heldNumber({ number: 17, epoch: 1 })).toBeLessThan(0);
  });
});
