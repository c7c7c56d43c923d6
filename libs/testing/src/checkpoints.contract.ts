import type { Checkpoints, Position } from '@liandong/application';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

export type OpenCheckpoints = () => Promise<{
  readonly checkpoints: Checkpoints;
  readonly close: () => Promise<void>;
}>;

/** Every promise of the port `Checkpoints`. */
export const checkpointsContract = (name: string, open: OpenCheckpoints): void => {
  describe(`checkpoints in ${name}`, () => {
    let checkpoints: Checkpoints;
    let close = async () => {};

    beforeAll(async () => ({ checkpoints, close } = await open()));
    afterAll(() => close());

    it('start at the start', async () => {
      expect(await checkpoints.load('new')).toBe(0n);
    });

    it('are kept for each follower', async () => {
      await checkpoints.save('one', 7n as Position);
      await checkpoints.save('two', 9_007_199_254_740_993n as Position);
      expect(await checkpoints.load('one')).toBe(7n);
      expect(await checkpoints.load('two')).toBe(9_007_199_254_740_993n);
    });

    it('never go back', async () => {
      await checkpoints.save('steady', 5n as Position);
      await checkpoints.save('steady', 3n as Position);
      expect(await checkpoints.load('steady')).toBe(5n);
    });
  });
};
