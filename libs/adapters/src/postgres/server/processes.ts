import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { startOf } from './folder-lock.ts';

export const childrenOf = (pid: number): readonly number[] => {
  if (process.platform === 'linux')
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  return execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([child, parent]) => (parent === pid && child !== undefined ? [child] : []));
};

/** What a process was started as; '' if there is none. */
export const commandOf = (pid: number): string => {
  try {
    return process.platform === 'linux'
      ? readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      : execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return '';
  }
};

/** Sends a signal, if the process is still there. */
export const signal = (pid: number, name: 'SIGINT' | 'SIGKILL'): void => {
  try {
    process.kill(pid, name);
  } catch {
    // It ended first.
  }
};

const patienceMilliseconds = 30_000;

/** Resolves when a process is gone. The system tells only parents, so it is asked again and again. */
export const ended = async (pid: number): Promise<void> => {
  const started = startOf(pid);
  const asked = performance.now();
  while (started !== undefined && startOf(pid) === started) {
    if (performance.now() - asked > patienceMilliseconds)
      throw new Error(`进程 ${pid} 没有结束。 Process ${pid} does not end.`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};
