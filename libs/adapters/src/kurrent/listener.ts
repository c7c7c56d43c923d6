import type { Wakes } from '../following/index.ts';
import type { KurrentConnection } from './connection.ts';

const reconnectMilliseconds = 200;

/**
 * One live subscription wakes all followers of a store, for as long as there is one. What it
 * brings is not used: a follower reads on from its own position, so none is lost with a connection.
 */
export const listener = (connection: KurrentConnection): Wakes & { readonly wakeAll: () => void } => {
  const wakes = new Set<() => void>();
  let end: (() => void) | undefined;

  const wakeAll = () => {
    for (const wake of wakes) wake();
  };

  const listen = () => {
    if (end !== undefined || wakes.size === 0 || connection.isClosed()) return;
    const subscription = connection.client().subscribeToAll({
      fromPosition: 'end',
      filter: connection.filter,
    });
    const hangUp = () => {
      // Rejects if the subscription never came about.
      subscription.unsubscribe().catch(() => {});
    };
    const broken = () => {
      if (end !== hangUp) return;
      end = undefined;
      setTimeout(listen, reconnectMilliseconds).unref();
    };
    end = hangUp;
    subscription.on('data', wakeAll);
    // What was written while nobody listened is told now.
    subscription.on('confirmation', wakeAll);
    subscription.on('error', broken);
    subscription.on('end', broken);
    subscription.on('close', broken);
  };

  return {
    wakeAll,
    subscribe: (wake) => {
      wakes.add(wake);
      listen();
      return () => {
        wakes.delete(wake);
        if (wakes.size > 0) return;
        const hangUp = end;
        end = undefined;
        hangUp?.();
      };
    },
  };
};
