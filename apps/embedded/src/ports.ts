import { once } from 'node:events';
import { createServer } from 'node:net';

/** A port nobody has now. Between asking and listening somebody may take it; then listening says so. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port could be had');
  return address.port;
};

/** The port a step after a first one; with 0, any free one. */
export const portAt = (first: number, step: number): number => (first === 0 ? 0 : first + step);

/** Says in words an operator can act on that a port is taken. */
export const listening = async <Value>(start: Promise<Value>, port: number): Promise<Value> => {
  try {
    return await start;
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'EADDRINUSE') throw error;
    throw new Error(`port ${port} is taken: choose others with --port <first port>`, { cause: error });
  }
};
