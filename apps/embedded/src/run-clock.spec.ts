import { expect, it } from '@jest/globals';
import { runClock } from './run-clock.ts';

it('pushes the clock by what the speed adds to real time, and stops when it is told to', async () => {
  const began = performance.now();
  let ahead = 0;
  let pushes = 0;
  await new Promise<void>((resolve) => {
    const stop = runClock(
      {
        advance: (milliseconds) => {
          ahead += milliseconds;
          if (++pushes < 3) return;
          stop();
          resolve();
        },
      },
      1_001,
    );
  });
  const passed = performance.now() - began;
  expect(ahead).toBeGreaterThan(0);
  expect(ahead).toBeLessThanOrEqual(1_000 * passed + pushes);
});

it('leaves a clock alone that runs with real time', () => {
  const stop = runClock({ advance: () => expect('this').toBe('never called') }, 1);
  stop();
});
