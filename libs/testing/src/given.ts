import { expect } from '@jest/globals';
import { type Decider, fold } from '@liandong/kernel';

/** Reads as the specification does: given these facts, when this command, then those facts. */
export const givenFor =
  <Command, Happened, State, Refusal, Made>(decider: Decider<Command, Happened, State, Refusal, Made>) =>
  (...past: readonly Happened[]) => ({
    when: (command: Command) => {
      const decision = decider.decide(command, fold(decider, past));
      return {
        then: (...made: readonly Made[]) => expect(decision).toEqual({ ok: true, value: made }),
        refused: (refusal: Refusal) => expect(decision).toEqual({ ok: false, refusal }),
      };
    },
  });
