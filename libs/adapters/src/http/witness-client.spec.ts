import { afterEach, describe, expect, it } from '@jest/globals';
import type { OriginHash } from '@liandong/application';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { witnessClient } from './witness-client.ts';

const servers: Server[] = [];
const serving = async (listener: RequestListener): Promise<string> => {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const { signal } = new AbortController();
const log = 'ab'.repeat(32) as OriginHash;

describe('the client of a witness', () => {
  it('posts a submission under the prefix and brings back what was answered', async () => {
    const asked: unknown[] = [];
    const base = await serving((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        asked.push([request.method, request.url, Buffer.concat(parts).toString()]);
        response.writeHead(409, { 'content-type': 'text/x.tlog.size' }).end('12\n');
      });
    });
    const answer = await witnessClient(`${base}/archive/`).addCheckpoint(Buffer.from('old 0\n'), signal);
    expect(answer).toEqual({ status: 409, contentType: 'text/x.tlog.size', body: '12\n' });
    expect(asked).toEqual([['POST', '/archive/add-checkpoint', 'old 0\n']]);
  });

  it('asks for the head of a log, and takes anything but 200 for none', async () => {
    const base = await serving((request, response) => {
      response.writeHead(request.url === `/${log}/checkpoint` ? 200 : 404).end('head\n');
    });
    expect(await witnessClient(base).checkpoint(log, signal)).toEqual(new TextEncoder().encode('head\n'));
    expect(await witnessClient(`${base}/x`).checkpoint(log, signal)).toBeUndefined();
  });

  it('gives up on a witness that does not answer in time, also in the middle of its answer', async () => {
    const silent = await serving(() => {});
    await expect(witnessClient(silent, 50).addCheckpoint(Buffer.from('x'), signal)).rejects.toThrow();
    const halting = await serving((_, response) => void response.writeHead(200).write('half'));
    await expect(witnessClient(halting, 50).addCheckpoint(Buffer.from('x'), signal)).rejects.toThrow();
  });

  it('stops when it is told to', async () => {
    const silent = await serving(() => {});
    const stop = new AbortController();
    const asking = witnessClient(silent).addCheckpoint(Buffer.from('x'), stop.signal);
    stop.abort();
    await expect(asking).rejects.toThrow();
  });

  it('listens to no witness that goes on and on', async () => {
    let sent = 0;
    const base = await serving((_, response) => {
      const more = (): void => {
        sent += 4_096;
        if (!response.destroyed && response.write('x'.repeat(4_096))) setImmediate(more);
        else response.once('drain', more);
      };
      more();
    });
    await expect(witnessClient(base).addCheckpoint(Buffer.from('x'), signal)).rejects.toThrow(/16384/);
    expect(sent).toBeLessThan(16_000_000);
  });

  it('follows no witness elsewhere', async () => {
    const base = await serving((_, response) => {
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    await expect(witnessClient(base).addCheckpoint(Buffer.from('x'), signal)).rejects.toThrow();
  });
});
