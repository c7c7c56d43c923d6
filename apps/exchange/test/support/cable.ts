import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** The line on which a lower tier dials its superior, with somebody digging beside it. */
export type Cable = {
  readonly address: string;
  /** Ends every connection and lets no new one through. */
  readonly cut: () => void;
  readonly restore: () => void;
  /** The lower tier's end is gone and the superior is never told; it may dial anew. */
  readonly loseLowerEnd: () => void;
  /** Connections that came so far. */
  readonly dialled: () => number;
  readonly close: () => Promise<void>;
};

type Pair = { readonly lower: Socket; readonly upper: Socket };

export const layCable = async (port: number): Promise<Cable> => {
  const pairs = new Set<Pair>();
  const forgotten = new Set<Socket>();
  let whole = true;
  let dialled = 0;

  const part = ({ lower, upper }: Pair) => {
    lower.destroy();
    upper.destroy();
  };
  const server = createServer((lower) => {
    if (!whole) return void lower.destroy();
    dialled += 1;
    const upper = connect(port, '127.0.0.1');
    const pair = { lower, upper };
    pairs.add(pair);
    for (const socket of [lower, upper]) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        if (pairs.delete(pair)) part(pair);
      });
    }
    lower.pipe(upper).pipe(lower);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the cable has no port');

  const cut = () => {
    whole = false;
    for (const pair of pairs) part(pair);
  };
  return {
    address: `127.0.0.1:${address.port}`,
    cut,
    restore: () => {
      whole = true;
    },
    loseLowerEnd: () => {
      for (const pair of pairs) {
        pairs.delete(pair);
        pair.upper.unpipe(pair.lower);
        forgotten.add(pair.upper.resume());
        pair.lower.destroy();
      }
    },
    dialled: () => dialled,
    close: async () => {
      cut();
      for (const socket of forgotten) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
};
