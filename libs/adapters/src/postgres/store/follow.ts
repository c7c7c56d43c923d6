import type { EventStore, Position, Recorded } from '@liandong/application';
import pg from 'pg';
import type { Listener } from './listener.ts';

const backoffMilliseconds = { first: 50, most: 2_000 };

/**
 * Pages for ever. A wake-up makes it quick; reading again every `rereadMilliseconds` makes
 * it certain, since a wake-up can be lost with its connection.
 */
export async function* follow(
  readAll: EventStore['readAll'],
  listener: Listener,
  after: Position,
  {
    limit,
    signal,
    rereadMilliseconds,
    closed,
  }: { limit: number; signal: AbortSignal; rereadMilliseconds: number; closed: () => boolean },
): AsyncGenerator<readonly Recorded[]> {
  let position = after;
  let failures = 0;
  const bell = alarmBell(signal);
  const unsubscribe = listener.subscribe(bell.ring);
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

/** Errors that reading again will meet again: bad login, no such database, a statement that is wrong or forbidden. */
const lastingErrors = ['22', '28', '3D', '3F', '42'];

/** Whether reading again may succeed, as after a lost connection or while the server starts. */
const mayPass = (error: unknown): boolean =>
  !(error instanceof pg.DatabaseError && lastingErrors.includes(error.code?.slice(0, 2) ?? ''));

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
