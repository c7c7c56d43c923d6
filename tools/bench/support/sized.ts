import type { Cell } from '../harness/rounds.ts';

/** Seconds a cell should take in one round. */
export const secondsPerCell = (full: boolean): number => (full ? 2 : 0.2);

/**
 * A cell that handles so many units that a round takes about the wanted time: the warm-up
 * says how fast it is. `work` does that many, asserts what came of it and gives the seconds.
 */
export const rateCell = (
  name: string,
  { first, seconds, step = 1 }: { readonly first: number; readonly seconds: number; readonly step?: number },
  work: (units: number) => Promise<number>,
): Cell => {
  let units = first;
  let warm = false;
  return {
    name,
    measure: async () => {
      const took = await work(units);
      const rate = units / took;
      if (!warm) {
        warm = true;
        units = Math.max(step, Math.round((rate * seconds) / step) * step);
      }
      return { rate };
    },
  };
};
