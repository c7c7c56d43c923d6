import type { LinkConnection, LinkFrame } from '@liandong/application';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { TierCode } from '@liandong/kernel';
import { connect, createServer, type Socket } from 'node:net';
import { grpcDial, grpcListen, type LinkServer } from './link-transport.ts';

const [county, township] = ['431021', '431021106'] as [TierCode, TierCode];
const ack = (through: number): LinkFrame => ({
  kind: 'ack',
  feed: { author: county, destination: township },
  through,
  receipts: [],
});
const block = (first: number): LinkFrame => ({
  kind: 'block',
  feed: { author: county, destination: township },
  first,
  head: first,
  entries: Array.from({ length: 16 }, () => ({ seq: 1, bytes: new Uint8Array(65_000), seal: 0 })),
  seals: [],
});

const open: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** A server that hands out its next connection, and a way to dial it. */
const serving = async () => {
  const accepted: LinkConnection[] = [];
  let arrived = () => {};
  const server: LinkServer = await grpcListen({ host: '127.0.0.1', port: 0 }, async (connection) => {
    accepted.push(connection);
    arrived();
    await new Promise<void>(() => {});
  });
  open.push(() => server.close());
  const next = async (): Promise<LinkConnection> => {
    for (;;) {
      const connection = accepted.shift();
      if (connection !== undefined) return connection;
      await new Promise<void>((resolve) => (arrived = resolve));
    }
  };
  return {
    server,
    next,
    dial: (port = server.port) => grpcDial()(`127.0.0.1:${port}`, new AbortController().signal),
  };
};

const take = async (connection: LinkConnection, count: number): Promise<LinkFrame[]> => {
  const frames: LinkFrame[] = [];
  const iterator = connection.frames[Symbol.asyncIterator]();
  while (frames.length < count) {
    const { done, value } = await iterator.next();
    if (done === true) break;
    frames.push(value);
  }
  return frames;
};

describe('a link over gRPC', () => {
  it('carries frames both ways, in order', async () => {
    const { dial, next } = await serving();
    const lower = await dial();
    open.push(() => lower.close());
    await lower.send(ack(0));
    const upper = await next();
    for (let n = 1; n <= 200; n++) {
      await lower.send(ack(n));
      await upper.send(ack(1000 + n));
    }
    expect(await take(upper, 201)).toEqual(Array.from({ length: 201 }, (_, n) => ack(n)));
    expect(await take(lower, 200)).toEqual(Array.from({ length: 200 }, (_, n) => ack(1001 + n)));
  });

  it.each(['lower', 'upper'])('holds a sender back while the peer does not read (%s sends)', async (who) => {
    const { dial, next } = await serving();
    const lower = await dial();
    open.push(() => lower.close());
    await lower.send(ack(0));
    const upper = await next();
    const [sender, reader] = who === 'lower' ? [lower, upper] : [upper, lower];
    if (who === 'lower') await take(reader, 0);

    let sent = 0;
    const sending = (async () => {
      for (let n = 1; n <= 200; n++) {
        await sender.send(block(n));
        sent = n;
      }
    })();
    // Nobody reads: the sender must come to rest far from the end. Rest is when nothing moved for many turns.
    let [before, still] = [-1, 0];
    while (still < 200) {
      await new Promise(setImmediate);
      still = sent === before ? still + 1 : 0;
      before = sent;
    }
    expect(sent).toBeLessThan(60);

    const received = await take(reader, who === 'lower' ? 201 : 200);
    await sending;
    const firsts = received.flatMap((frame) => (frame.kind === 'block' ? [frame.first] : []));
    expect(firsts).toEqual(Array.from({ length: 200 }, (_, n) => n + 1));
  });

  it('ends on both sides when one closes', async () => {
    for (const who of ['lower', 'upper']) {
      const { dial, next } = await serving();
      const lower = await dial();
      await lower.send(ack(0));
      const upper = await next();
      await take(upper, 1);
      (who === 'lower' ? lower : upper).close();
      await take(lower, 1).catch(() => undefined);
      await take(upper, 1).catch(() => undefined);
      await expect(lower.send(ack(1))).rejects.toThrow();
      await expect(upper.send(ack(1))).rejects.toThrow();
    }
  });

  it.each<[string, () => Promise<void>, 'in peace' | 'with an error']>([
    ['is done', async () => {}, 'in peace'],
    ['fails', () => Promise.reject(new Error('lost its head')), 'with an error'],
  ])('hands on what was said last, however soon after it the one who serves %s', async (_, leave, ending) => {
    const server = await grpcListen({ host: '127.0.0.1', port: 0 }, async (connection) => {
      await connection.send(ack(1));
      await take(connection, 1);
      await connection.send({ kind: 'stop', code: 'no-such-tier', detail: '' });
      return leave();
    });
    open.push(() => server.close());
    const lower = await grpcDial()(`127.0.0.1:${server.port}`, new AbortController().signal);
    open.push(() => lower.close());
    await lower.send(ack(0));
    expect(await take(lower, 2)).toMatchObject([{ kind: 'ack' }, { kind: 'stop', code: 'no-such-tier' }]);
    const end = lower.frames[Symbol.asyncIterator]().next();
    if (ending === 'in peace') expect(await end).toMatchObject({ done: true });
    else await expect(end).rejects.toThrow('the link ended');
  });

  it('tells who sent a malformed frame what was wrong with it', async () => {
    const { dial, next } = await serving();
    const lower = await dial();
    open.push(() => lower.close());
    await lower.send(ack(2 ** 60));
    const upper = await next();
    await expect(take(upper, 1)).rejects.toThrow('through is not a count');
    upper.close();
    expect(await take(lower, 2)).toEqual([
      { kind: 'stop', code: 'malformed-frame', detail: 'malformed frame: through is not a count' },
    ]);
  });

  it('breaks on both sides when the line is cut, and can be dialled anew', async () => {
    const { server, dial, next } = await serving();
    const through = await proxy(server.port);
    const lower = await dial(through.port);
    await lower.send(ack(0));
    const upper = await next();
    await take(upper, 1);
    through.cut();
    await expect(take(lower, 1)).rejects.toThrow();
    await take(upper, 1).catch(() => undefined);
    await expect(upper.send(ack(1))).rejects.toThrow();

    const again = await dial(through.port);
    open.push(() => again.close());
    await again.send(ack(7));
    expect(await take(await next(), 1)).toEqual([ack(7)]);
  });

  it('says who does not answer', async () => {
    const { server } = await serving();
    const { port } = server;
    await server.close();
    await expect(
      grpcDial({ connectMs: 300 })(`127.0.0.1:${port}`, new AbortController().signal),
    ).rejects.toThrow(/does not answer/);
  });

  it('gives up dialling when told to', async () => {
    const abort = new AbortController();
    const dialling = grpcDial({ connectMs: 60_000 })('127.0.0.1:1', abort.signal);
    abort.abort();
    await expect(dialling).rejects.toThrow();
  });
});

/** A TCP line that can be cut. */
const proxy = async (target: number) => {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  open.push(() => {
    cut();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return { port: address.port, cut };
};
