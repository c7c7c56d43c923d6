import type { Checkpoints } from './ports/checkpoints.ts';
import type { EventStore, Recorded } from './ports/event-store.ts';

export type Follower = {
  /** Under this name its position is kept. */
  readonly name: string;
  /** Must be safe to run again for the same page: the position is saved after it. */
  readonly handle: (page: readonly Recorded[], signal: AbortSignal) => Promise<void>;
};

const pageSize = 500;

/** Follows the store from the saved position until the signal; throws at a page that fails, which is read again next time. */
export const follow = async (
  { store, checkpoints }: { readonly store: EventStore; readonly checkpoints: Checkpoints },
  { name, handle }: Follower,
  signal: AbortSignal,
): Promise<void> => {
  const after = await checkpoints.load(name);
  for await (const page of store.follow(after, { limit: pageSize, signal })) {
    await handle(page, signal);
    const last = page.at(-1);
    if (last !== undefined) await checkpoints.save(name, last.position);
  }
};
