import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';

export type ServiceName = 'approval' | 'exchange';

/** One service of one tier as the process an operator would start. */
export type ServiceProcess = {
  readonly pid: number;
  readonly http: string;
  readonly grpc?: string;
  readonly running: () => boolean;
  /** Resolves with the exit code, or the signal, when the process has ended; kills it if that takes too long. */
  readonly end: (signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL') => Promise<number | string>;
  readonly said: () => string;
};

/** What one process has compiled the next ones need not. */
export const compiled = fileURLToPath(
  new URL('../../../../node_modules/.cache/node-compile', import.meta.url),
);

const mainOf = (app: ServiceName | 'audit'): string =>
  fileURLToPath(new URL(`../../../${app}/dist/main.js`, import.meta.url));

export type Release = 'current' | 'earlier';
const before: Readonly<Record<Release, readonly string[]>> = {
  current: [],
  earlier: ['--import', new URL('earlier-release.ts', import.meta.url).href],
};

export const startService = (
  service: ServiceName,
  configuration: string,
  release: Release = 'current',
): Promise<ServiceProcess> => startProcess(service, [...before[release], mainOf(service), configuration]);

/** All witnesses of a network in one process. */
export const startWitnesses = (configuration: string): Promise<ServiceProcess> =>
  startProcess('the witnesses', [mainOf('audit'), 'witness', configuration]);

const startProcess = async (service: string, command: readonly string[]): Promise<ServiceProcess> => {
  const child = spawn(process.execPath, command, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], TMPDIR: process.env['TMPDIR'], NODE_COMPILE_CACHE: compiled },
  });
  const ended = once(child, 'exit') as Promise<[number | null, string | null]>;
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const { pid } = child;
  if (pid === undefined) throw new Error(`${service} could not be started`);
  const running = () => child.exitCode === null && child.signalCode === null;

  const opened = (async () => {
    for await (const line of createInterface({ input: child.stdout })) {
      said += `${line}\n`;
      const [, http] = /(http:\/\/127\.0\.0\.1:\d+)/.exec(line) ?? [];
      const [, grpc] = /gRPC (127\.0\.0\.1:\d+)/.exec(line) ?? [];
      if (http !== undefined) return { http, ...(grpc !== undefined && { grpc }) };
    }
    throw new Error(`${service} ended before its doors were open:\n${said}`);
  })();
  const addresses = await within(120_000, opened, () => `${service} did not open its doors:\n${said}`).catch(
    (error: unknown) => {
      child.kill('SIGKILL');
      throw error;
    },
  );
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stdout.resume();
  return {
    ...{ pid, ...addresses, running },
    end: (signal) => endOf(child, ended, signal, () => said),
    said: () => said.slice(-4_000),
  };
};

const endOf = async (
  child: ChildProcess,
  ended: Promise<[number | null, string | null]>,
  signal: NodeJS.Signals,
  said: () => string,
): Promise<number | string> => {
  child.kill(signal);
  try {
    const [code, by] = await within(60_000, ended, () => `a process did not end on ${signal}:\n${said()}`);
    return code ?? by ?? 'unknown';
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
};

const within = async <Value>(
  limitMs: number,
  work: Promise<Value>,
  complaint: () => string,
): Promise<Value> => {
  const over = new AbortController();
  const late = pause(limitMs, undefined, { signal: over.signal }).then(() => {
    throw new Error(complaint());
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    over.abort();
  }
};

/** A port nobody has now. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port could be had');
  return address.port;
};
