import type { Gauge } from './rounds.ts';

/** About ten milliseconds of arithmetic that no cache, disk or allocation can change. */
const task = (): number => {
  let state = 0x9e3779b9;
  for (let n = 0; n < 6_000_000; n++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
  }
  return state;
};

export const cpuGauge = (): Gauge => {
  let best = Number.POSITIVE_INFINITY;
  const take = () => {
    const began = performance.now();
    if (task() === 0) throw new Error('the gauge computed nothing');
    const took = performance.now() - began;
    best = Math.min(best, took);
    return took;
  };
  for (let n = 0; n < 10; n++) take();
  return { take, best: () => best };
};
