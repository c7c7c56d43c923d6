import type { Checkpoints } from './ports/checkpoints.ts';
import type { EventStore, Recorded } from './ports/event-store.ts';
import type { Wait } from './ports/wait.ts';

export type Follower = {
  /** Under this name its position is kept. */
  readonly name: string;
  /** Must be safe to run again for the same page: the position is saved after it. */
  readonly handle: (page: readonly Recorded[]) => Promise<void>;
};

export type FollowDeps = {
  readonly store: EventStore;
  readonly checkpoints: Checkpoints;
  readonly wait: Wait;
  readonly signal: AbortSignal;
  /** Told of every failure; the page is tried again. */
  readonly failed: (follower: string, error: unknown) => void;
};

const pageSize = 500;
const longestPause = 5_000;

/** Runs a follower until the signal: a page at a time, again after a pause if it fails, never past a failed page. */
export const runFollower = async (
  { store, checkpoints, wait, signal, failed }: FollowDeps,
  { name, handle }: Follower,
): Promise<void> => {
  for (let pause = 50; !signal.aborted; pause = Math.min(2 * pause, longestPause)) {
    try {
      const after = await checkpoints.load(name);
      for await (const page of store.follow(after, { limit: pageSize, signal })) {
        await handle(page);
        const last = page.at(-1);
        if (last !== undefined) await checkpoints.save(name, last.position);
        pause = 50;
      }
    } catch (error) {
      if (signal.aborted) return;
      failed(name, error);
      await wait(pause, signal);
    }
  }
};
