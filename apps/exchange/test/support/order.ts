import { decodeEvent } from '@liandong/kernel';
import { expect } from '@jest/globals';
import type { Held } from './network.ts';

/** In every stream of a store each author's events stand in the order in which it wrote them, none missing. */
export const expectOrder = (held: Held): void => {
  for (const [stream, events] of held) {
    const next = new Map<string, number>();
    for (const bytes of events.values()) {
      const { source, sequence } = decodeEvent(bytes);
      const expected = next.get(source) ?? 1;
      expect({ stream, source, sequence: Number(sequence) }).toEqual({ stream, source, sequence: expected });
      next.set(source, expected + 1);
    }
  }
};
