import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import type { Identity } from './binaries.ts';

/**
 * Ends the server when this process's end of descriptor 3 closes, so SIGKILL of this process
 * leaves no orphan. In a session of its own, so Ctrl-C reaches this process alone, which then
 * stops things in order.
 */
const guard = `
"$@" 3<&- &
server=$!
trap 'kill -INT $server 2>/dev/null' TERM INT
(cat <&3 >/dev/null; kill -INT $server 2>/dev/null) &
watch=$!
while kill -0 $server 2>/dev/null; do wait $server; done
kill $watch 2>/dev/null
exit 0`;

export const launch = (
  native: string,
  identity: Identity,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): ChildProcess => {
  const [command = '', ...rest] = [...identity.prefix, 'sh', '-c', guard, 'sh'];
  return spawn(command, [...rest, path.join(native, 'bin/postgres'), ...args], {
    ...identity.ids,
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], ...environment },
  });
};

/** Resolves when the server says so; rejects with what it said if it ends instead. */
export const ready = (server: ChildProcess, logFile: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const log = createWriteStream(logFile, { mode: 0o600 });
    let said = '';
    const listen = (text: Buffer) => {
      said += text.toString();
      if (!said.includes('database system is ready to accept connections')) return;
      server.stderr?.off('data', listen);
      resolve();
    };
    server.stderr?.on('data', listen);
    server.stderr?.pipe(log);
    server.once('error', reject);
    server.once('close', () => reject(new Error(`PostgreSQL did not start: ${said}`)));
  });
