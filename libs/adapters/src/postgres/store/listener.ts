import type pg from 'pg';
import { notifyChannel } from './schema.ts';

/** Tells followers that there may be something new. A hint: a wake-up may be lost, and one may be for nothing. */
export type Listener = {
  readonly subscribe: (wake: () => void) => () => void;
  /** For what this process wrote itself, which needs no detour through the server. */
  readonly wakeAll: () => void;
};

const reconnectMilliseconds = 200;

/** One connection listens for all followers of a store, for as long as there is one. */
export const listener = (pool: pg.Pool): Listener => {
  const wakes = new Set<() => void>();
  let connected: pg.PoolClient | undefined;
  let connecting = false;

  const wakeAll = () => {
    for (const wake of wakes) wake();
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
    wakeAll,
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
