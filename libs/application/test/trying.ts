import type { Clock, Failure, HandlerName, Trying } from '../src/index.ts';

/** Patience without waiting: what it paused for, and what was parked in the end. */
export const trial = (clock: Clock) => {
  const pauses: number[] = [];
  const parked: (Failure & { readonly handler: HandlerName })[] = [];
  const trying: Trying = {
    clock,
    wait: async (milliseconds) => void pauses.push(milliseconds),
    parked: (handler, failure) => void parked.push({ handler, ...failure }),
  };
  return { trying, pauses, parked };
};

export const untilStopped = new AbortController().signal;
