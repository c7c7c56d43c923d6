import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const root = fileURLToPath(new URL('../../..', import.meta.url));

/** A start of the embedded network, and what it says, line by line. */
export type Start = {
  readonly child: ChildProcess;
  readonly lines: readonly string[];
  /** Resolves with the first line that matches, said already or yet to come; rejects if it ends without one. */
  readonly says: (pattern: RegExp) => Promise<string>;
  readonly ended: Promise<number | null>;
  readonly complaint: () => string;
};

const started = (command: string, args: readonly string[], environment: NodeJS.ProcessEnv): Start => {
  const child = spawn(command, args, {
    cwd: root,
    // A group of its own, so that a test can end the whole of it.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '', ...environment },
  });
  running.add(child);
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const look = () => {
    for (const each of waiting) each();
  };
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    look();
  });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  let over = false;
  const ended = once(child, 'close').then(([code]: (number | null)[]) => {
    running.delete(child);
    over = true;
    look();
    return code ?? null;
  });
  const says = (pattern: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const check = () => {
        const found = lines.find((line) => pattern.test(line));
        if (found === undefined && !over) return;
        waiting.delete(check);
        if (found !== undefined) resolve(found);
        else reject(new Error(`it ended and never said ${pattern}:\n${lines.join('\n')}\n${complaint}`));
      };
      waiting.add(check);
      check();
    });
  return { child, lines, says, ended, complaint: () => complaint };
};

/** The program as `npm start` runs it. */
export const start = (args: readonly string[], environment: NodeJS.ProcessEnv = {}): Start =>
  started(process.execPath, [main, ...args], environment);

/** `npm start` itself, as a user types it. */
export const npmStart = (args: readonly string[]): Start => started('npm', ['start', '--', ...args], {});

const running = new Set<ChildProcess>();

/** Ends whatever a failed test left behind. */
export const endAll = (): void => {
  for (const child of running) if (child.pid !== undefined) kill(-child.pid);
};

export const kill = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended first.
  }
};

export const temporaryFolder = (): string => mkdtempSync(path.join(tmpdir(), 'embedded-'));

/** A process and all that come from it, PostgreSQL included. */
export const familyOf = (pid: number): readonly number[] => {
  const parents = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name): [number, number][] => {
        const stat = read(`/proc/${name}/stat`);
        return stat === ''
          ? []
          : [[Number(name), Number(stat.slice(stat.lastIndexOf(')') + 4).split(' ')[0])]];
      }),
  );
  const family = [pid];
  for (const each of family) for (const [child, parent] of parents) if (parent === each) family.push(child);
  return family;
};

/** The memory a process takes for itself plus its share of what it shares, in MB. */
export const pssOf = (pid: number): number => {
  const [, kilobytes] = /^Pss:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/smaps_rollup`)) ?? [];
  return Number(kilobytes ?? 0) / 1024;
};

export const isAlive = (pid: number): boolean => existsSync(`/proc/${pid}`) && !isZombie(pid);

const isZombie = (pid: number): boolean => /\) Z /.test(read(`/proc/${pid}/stat`));

const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};
