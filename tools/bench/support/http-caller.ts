import { Agent, request } from 'node:http';

export type HttpCaller = {
  readonly post: (
    path: string,
    key: string,
    body: string,
  ) => Promise<{ readonly status: number; readonly text: string }>;
  readonly close: () => void;
};

/** Connections that stay open, as many as there are callers. */
export const httpCaller = (base: string, token: string, connections: number): HttpCaller => {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  return {
    post: (path, key, body) =>
      new Promise((resolve, reject) => {
        const call = request(
          `${base}${path}`,
          {
            agent,
            method: 'POST',
            headers: {
              authorization: `Bearer ${token}`,
              'content-type': 'application/json',
              'content-length': Buffer.byteLength(body),
              'idempotency-key': `"${key}"`,
            },
          },
          (response) => {
            const parts: Buffer[] = [];
            response.on('data', (part: Buffer) => parts.push(part));
            response.on('error', reject);
            response.on('end', () =>
              resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString() }),
            );
          },
        );
        call.on('error', reject);
        call.end(body);
      }),
    close: () => agent.destroy(),
  };
};
