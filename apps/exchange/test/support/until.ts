import { setTimeout as pause } from 'node:timers/promises';

/** Asks until the answer is enough. Throws, with the last answer, when that takes too long. */
export const until = async <Value>(
  what: string,
  ask: () => Promise<Value>,
  isEnough: (value: Value) => boolean,
  limitMs = 120_000,
): Promise<Value> => {
  const deadline = performance.now() + limitMs;
  for (let wait = 20; ; wait = Math.min(2 * wait, 300)) {
    const value = await ask();
    if (isEnough(value)) return value;
    if (performance.now() > deadline)
      throw new Error(`${what} did not come about within ${limitMs / 1000} s: ${JSON.stringify(value)}`);
    await pause(wait);
  }
};

/** Does something for every number below `count`, `lanes` of them at once. */
export const inLanes = async (
  count: number,
  lanes: number,
  work: (n: number) => Promise<void>,
): Promise<void> => {
  let next = 0;
  const lane = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
};
