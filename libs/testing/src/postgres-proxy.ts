import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Where a connection breaks: before the server has the request, or before the client has the answer. */
export type Fault = 'request lost' | 'answer lost';

export type PostgresProxy = {
  /** The same connection, by way of the proxy. */
  readonly url: (direct: string) => string;
  /** Breaks the next execution of a prepared statement; resolves when that has happened. */
  readonly breakNext: (statement: string, fault: Fault) => Promise<void>;
  /** Whether notifications reach the client. */
  readonly notifications: (pass: boolean) => void;
  readonly close: () => Promise<void>;
};

const socketName = '.s.PGSQL.5432';

/** Stands between a client and a server, reads PostgreSQL's messages, and loses some on demand. */
export const postgresProxy = async (socketDir: string): Promise<PostgresProxy> => {
  const dir = mkdtempSync(path.join(tmpdir(), 'liandong-proxy-'));
  const sockets = new Set<net.Socket>();
  let awaited: { statement: string; fault: Fault; done: () => void } | undefined;
  let passNotifications = true;

  const server = net.createServer((client) => {
    const upstream = net.connect(path.join(socketDir, socketName));
    let losing: (() => void) | undefined;
    const hangUp = () => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', hangUp);
      socket.on('close', () => {
        sockets.delete(socket);
        hangUp();
      });
    }

    const fromClient = messages({ greeting: true }, (message) => {
      if (awaited !== undefined && statementOf(message) === awaited.statement) {
        const { fault, done } = awaited;
        awaited = undefined;
        if (fault === 'request lost') {
          hangUp();
          return done();
        }
        losing = done;
      }
      upstream.write(message);
    });
    const fromServer = messages({ greeting: false }, (message) => {
      if (losing !== undefined) {
        // Ready for the next query: by now the transaction has committed.
        if (typeOf(message) !== 'Z') return;
        hangUp();
        return losing();
      }
      if (typeOf(message) !== 'A' || passNotifications) client.write(message);
    });
    client.on('data', fromClient);
    upstream.on('data', fromServer);
  });
  await new Promise<void>((resolve) => server.listen(path.join(dir, socketName), resolve));

  return {
    url: (direct) => direct.replace(encodeURIComponent(socketDir), encodeURIComponent(dir)),
    breakNext: (statement, fault) =>
      new Promise((done) => {
        awaited = { statement, fault, done };
      }),
    notifications: (pass) => {
      passNotifications = pass;
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
      rmSync(dir, { recursive: true, force: true });
    },
  };
};

/** Cuts a stream of bytes into messages: a type, a length, a body. A client's greeting has no type. */
const messages = ({ greeting }: { greeting: boolean }, each: (message: Buffer) => void) => {
  let kept = Buffer.alloc(0);
  let typed = !greeting;
  return (chunk: Buffer) => {
    kept = Buffer.concat([kept, chunk]);
    for (;;) {
      const prefix = typed ? 1 : 0;
      if (kept.length < prefix + 4) return;
      const end = prefix + kept.readInt32BE(prefix);
      if (kept.length < end) return;
      const message = kept.subarray(0, end);
      kept = kept.subarray(end);
      typed = true;
      each(message);
    }
  };
};

const typeOf = (message: Buffer): string => String.fromCharCode(message[0] ?? 0);

/** The prepared statement a message binds: after the type, the length and the portal's name. */
const statementOf = (message: Buffer): string | undefined =>
  typeOf(message) === 'B' ? message.toString('utf8', 5).split('\0')[1] : undefined;
