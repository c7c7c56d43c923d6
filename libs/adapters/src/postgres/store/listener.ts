import type pg from 'pg';
import { notifyChannel } from './schema.ts';

/** Tells followers that there may be something new. A hint: a wake-up may be lost, and one may be for nothing. */
export type Listener = {
  readonly subscribe: (wake: () => void) => () => void;
  /** Whether the next commit should carry a notification for the followers of other processes. */
  readonly due: () => boolean;
  /** After a commit: wakes the followers of this process, and sees to it that the others hear of it. */
  readonly written: (carried: boolean) => void;
};

const reconnectMilliseconds = 200;
/** The least time between two notifications of one process. */
const restMilliseconds = 2;

/** One connection listens for all followers of a store, for as long as there is one. */
export const listener = (pool: pg.Pool): Listener => {
  const wakes = new Set<() => void>();
  let connected: pg.PoolClient | undefined;
  let connecting = false;
  let lastCarried = -Infinity;
  let late: NodeJS.Timeout | undefined;

  const wakeAll = () => {
    for (const wake of wakes) wake();
  };

  // Carried by a commit, a notification costs little; by itself it is a transaction more. And of
  // all databases of a server only one at a time may commit with one, so not every commit does.
  const due = () => performance.now() - lastCarried >= restMilliseconds;

  const sendLate = () => {
    late = undefined;
    lastCarried = performance.now();
    pool.query(`BEGIN; SET LOCAL synchronous_commit = off; NOTIFY ${notifyChannel}; COMMIT`).catch(() => {});
  };

  const written = (carried: boolean) => {
    wakeAll();
    if (carried) {
      lastCarried = performance.now();
      clearTimeout(late);
      late = undefined;
    } else late ??= setTimeout(sendLate, restMilliseconds).unref();
  };

  const hangUp = () => {
    connected?.release(true);
    connected = undefined;
  };

  const again = () => {
    setTimeout(() => void connect(), reconnectMilliseconds).unref();
  };

  const connect = async (): Promise<void> => {
    if (connecting || connected !== undefined || wakes.size === 0) return;
    connecting = true;
    try {
      const client = await pool.connect();
      connected = client;
      client.on('notification', wakeAll);
      client.once('end', () => {
        if (connected !== client) return;
        hangUp();
        again();
      });
      await client.query(`LISTEN ${notifyChannel}`);
      // What was written while nobody listened is told now.
      wakeAll();
      if (wakes.size === 0) hangUp();
    } catch {
      hangUp();
      again();
    } finally {
      connecting = false;
    }
  };

  return {
    due,
    written,
    subscribe: (wake) => {
      wakes.add(wake);
      void connect();
      return () => {
        wakes.delete(wake);
        if (wakes.size === 0 && !connecting) hangUp();
      };
    },
  };
};
