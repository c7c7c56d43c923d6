import { once } from 'node:events';
import net from 'node:net';

/** Stands between a client and a server and, when told to, breaks every connection there is. */
export type CuttingProxy = {
  readonly port: number;
  readonly cut: () => void;
  readonly close: () => Promise<void>;
};

export const cuttingProxy = async (target: {
  readonly host: string;
  readonly port: number;
}): Promise<CuttingProxy> => {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((client) => {
    const upstream = net.connect(target);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port could be had');
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: address.port,
    cut,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      cut();
      await closed;
    },
  };
};
