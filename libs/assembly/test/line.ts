import { connect, createServer, type Server, type Socket } from 'node:net';

export type Line = { port: number; cut: () => void; restore: () => void; close: () => Promise<void> };

/** A TCP line to wherever the superior tier listens now. */
export const lineTo = async (target: () => number | undefined): Promise<Line> => {
  const sockets = new Set<Socket>();
  let open = true;
  const server: Server = createServer((near) => {
    const port = target();
    if (!open || port === undefined) return near.destroy();
    const far = connect(port, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
    return undefined;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the line has no port');
  const cut = () => {
    open = false;
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: address.port,
    cut,
    restore: () => (open = true),
    close: () =>
      new Promise((resolve) => {
        cut();
        server.close(() => resolve());
      }),
  };
};
