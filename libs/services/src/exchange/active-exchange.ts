import type { AcquireLease, Exchange, LinkBook, LinkConnection, Wait } from '@liandong/application';
import type { Follower } from '../platform/followers.module.ts';

/** What one exchange process stands on. */
export type ExchangeParts = {
  readonly acquireLease: AcquireLease;
  /** Opens the exchange on what the link book holds; called once the lease is there. */
  readonly open: () => Promise<Exchange>;
  /** Lets lower tiers in; absent for a tier that has none. */
  readonly listen?: (
    serve: (connection: LinkConnection) => Promise<unknown>,
  ) => Promise<{ readonly port: number; readonly close: () => Promise<void> }>;
  readonly book: LinkBook;
  readonly wait: Wait;
  readonly standbyMs?: number;
};

export type ActiveExchange = {
  readonly book: LinkBook;
  /** The running exchange, or `undefined` while this process stands by. */
  readonly current: () => Exchange | undefined;
  /** The port on which lower tiers are let in, while this process is the active one. */
  readonly linkPort: () => number | undefined;
  readonly follower: Follower;
};

/** Takes the lease, runs the exchange while it holds, and stands by while another process has it. */
export const activeExchange = ({
  acquireLease,
  open,
  listen,
  book,
  wait,
  standbyMs = 2_000,
}: ExchangeParts): ActiveExchange => {
  let current: Exchange | undefined;
  let linkPort: number | undefined;

  const lead = async (signal: AbortSignal) => {
    const exchange = await open();
    const server = await listen?.((connection) => exchange.accept(connection));
    current = exchange;
    linkPort = server?.port;
    try {
      await exchange.run(signal);
    } finally {
      current = undefined;
      linkPort = undefined;
      await server?.close();
    }
  };

  const run = async (signal: AbortSignal) => {
    while (!signal.aborted) {
      const lease = await acquireLease();
      if (lease === undefined) {
        await wait(standbyMs, signal);
        continue;
      }
      try {
        await lead(AbortSignal.any([signal, lease.lost]));
        if (lease.lost.aborted && !signal.aborted) throw new Error('the lease of the exchange was lost');
      } finally {
        await lease.release();
      }
    }
  };

  return { book, current: () => current, linkPort: () => linkPort, follower: { name: 'exchange', run } };
};
