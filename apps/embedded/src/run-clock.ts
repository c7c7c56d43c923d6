import type { SimulatedClock } from '@liandong/assembly';

/** Milliseconds between two pushes of a clock that runs fast. */
const push = 200;

/** Lets a network's clock run `speed` times as fast as real time, until the end that it returns is called. */
export const runClock = (clock: Pick<SimulatedClock, 'advance'>, speed: number): (() => void) => {
  if (speed === 1) return () => undefined;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    clock.advance(Math.round((now - last) * (speed - 1)));
    last = now;
  }, push);
  return () => {
    clearInterval(timer);
  };
};
