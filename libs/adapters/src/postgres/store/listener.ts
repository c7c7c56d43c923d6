import type pg from 'pg';

const channel = 'liandong_store';

/** Tells followers that there may be something new. A hint: a wake-up may be lost, and one may be for nothing. */
export type Listener = {
  readonly subscribe: (wake: () => void) => () => void;
  /** After a commit: wakes the followers of this process, and through the server those of others. */
  readonly tellAll: () => void;
};

const reconnectMilliseconds = 200;
const notifyPauseMilliseconds = 2;

/** One connection listens for all followers of a store, for as long as there is one. */
export const listener = (pool: pg.Pool): Listener => {
  const wakes = new Set<() => void>();
  let connected: pg.PoolClient | undefined;
  let connecting = false;
  let notifying = false;
  let notifyAgain = false;

  const wakeAll = () => {
    for (const wake of wakes) wake();
  };

  // Not part of the commit: it would cost every append time, and PostgreSQL lets only one
  // transaction of all its databases notify and commit at a time. Many commits share one.
  const notify = async () => {
    if (notifying) return void (notifyAgain = true);
    notifying = true;
    notifyAgain = false;
    await pool.query(`NOTIFY ${channel}`).catch(() => {});
    await pause(notifyPauseMilliseconds);
    notifying = false;
    if (notifyAgain) void notify();
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
      await client.query(`LISTEN ${channel}`);
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
    tellAll: () => {
      wakeAll();
      void notify();
    },
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

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
