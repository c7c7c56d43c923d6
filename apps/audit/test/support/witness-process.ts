import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** The witnesses of one configuration as the process an operator would start. */
export type WitnessProcess = {
  readonly pid: number;
  /** Address and verifier key of each, in the order of the configuration. */
  readonly witnesses: readonly { readonly address: string; readonly vkey: string }[];
  readonly said: () => string;
  /** Resolves with the exit code, or the signal, when the process has ended. */
  readonly end: (signal: NodeJS.Signals) => Promise<number | string>;
};

export const startWitnesses = async (configuration: string, count: number): Promise<WitnessProcess> => {
  const child = spawn(process.execPath, [main, 'witness', configuration], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], TMPDIR: process.env['TMPDIR'] },
  });
  const ended = once(child, 'exit') as Promise<[number | null, string | null]>;
  let said = '';
  child.stderr.on('data', (part: Buffer) => (said += part.toString()));
  const witnesses: { address: string; vkey: string }[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    said += `${line}\n`;
    const [, address, vkey] = /: (http:\S+) (\S+)$/.exec(line) ?? [];
    if (address !== undefined && vkey !== undefined) witnesses.push({ address, vkey });
    if (witnesses.length === count) break;
  }
  const { pid } = child;
  if (witnesses.length < count || pid === undefined) {
    await ended;
    throw new Error(`the witnesses did not start:\n${said}`);
  }
  return { pid, witnesses, said: () => said, end: (signal) => end(child, ended, signal) };
};

const end = async (
  child: ChildProcess,
  ended: Promise<[number | null, string | null]>,
  signal: NodeJS.Signals,
): Promise<number | string> => {
  child.kill(signal);
  const over = new AbortController();
  const late = pause(15_000, 'late' as const, { signal: over.signal }).catch(() => 'over' as const);
  const outcome = await Promise.race([ended, late]);
  over.abort();
  if (typeof outcome === 'string') {
    child.kill('SIGKILL');
    throw new Error(`a witness did not end on ${signal}`);
  }
  const [code, by] = outcome;
  return code ?? by ?? 'unknown';
};

/** What a process holds for itself, and its share of what it has in common with others, in KiB. */
export const proportionalKiB = (smapsRollup: string): number =>
  Number(/^Pss:\s+(\d+) kB$/m.exec(smapsRollup)?.[1] ?? Number.NaN);
