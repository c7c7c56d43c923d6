import type { EventStore, Position, Recorded } from '@liandong/application';

/** Tells that there may be something new. A hint: a wake-up may be lost, and one may be for nothing. */
export type Wakes = { readonly subscribe: (wake: () => void) => () => void };

export type FollowOptions = {
  readonly limit: number;
  readonly signal: AbortSignal;
  readonly rereadMilliseconds: number;
  /** Whether the store was closed, which ends every wait for better times. */
  readonly closed: () => boolean;
  /** Whether reading again may succeed, as after a lost connection or while the server starts. */
  readonly mayPass: (error: unknown) => boolean;
};

const backoffMilliseconds = { first: 50, most: 2_000 };

/**
 * Pages for ever. A wake-up makes it quick; reading again every `rereadMilliseconds` makes
 * it certain, since a wake-up can be lost with its connection.
 */
export async function* follow(
  readAll: EventStore['readAll'],
  wakes: Wakes,
  after: Position,
  { limit, signal, rereadMilliseconds, closed, mayPass }: FollowOptions,
): AsyncGenerator<readonly Recorded[]> {
  let position = after;
  let failures = 0;
  const bell = alarmBell(signal);
  const unsubscribe = wakes.subscribe(bell.ring);
  try {
    while (!signal.aborted) {
      bell.reset();
      const page = await readAll(position, limit).catch((error: unknown) => {
        if (closed() || !mayPass(error)) throw error;
        return undefined;
      });
      const last = page?.at(-1);
      if (page !== undefined && last !== undefined) {
        yield page;
        position = last.position;
      }
      failures = page === undefined ? failures + 1 : 0;
      if (page === undefined) await bell.pause(backoff(failures));
      else if (page.length === 0) await bell.wait(rereadMilliseconds);
    }
  } finally {
    unsubscribe();
    bell.remove();
  }
}

const backoff = (failures: number): number =>
  Math.min(backoffMilliseconds.first * 2 ** (failures - 1), backoffMilliseconds.most);

/** Remembers a ring between `reset` and `wait`, so none falls between reading and waiting. */
const alarmBell = (signal: AbortSignal) => {
  let rung = false;
  let wake: (() => void) | undefined;
  const ring = () => {
    rung = true;
    wake?.();
  };
  signal.addEventListener('abort', ring);

  const sleep = (milliseconds: number, woken: (wake: () => void) => void): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      woken(() => {
        clearTimeout(timer);
        resolve();
      });
    });

  return {
    ring,
    reset: () => {
      rung = signal.aborted;
    },
    /** Until the bell rings or the time is over. */
    wait: async (milliseconds: number) => {
      if (!rung) await sleep(milliseconds, (wakeUp) => (wake = wakeUp));
      wake = undefined;
    },
    /** The time over, or the signal aborted; rings do not shorten it. */
    pause: (milliseconds: number) =>
      sleep(milliseconds, (wakeUp) => {
        if (signal.aborted) wakeUp();
        else signal.addEventListener('abort', wakeUp, { once: true });
      }),
    remove: () => signal.removeEventListener('abort', ring),
  };
};
