import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

export type Child<Greeting> = { readonly greeting: Greeting; readonly end: () => Promise<void> };

/** A process of this folder that says one line of JSON when it is ready and ends with its input. */
export const startChild = async <Greeting>(
  script: string,
  args: readonly string[],
  options: readonly string[] = [],
): Promise<Child<Greeting>> => {
  const child = spawn(process.execPath, [...options, path.join(import.meta.dirname, script), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const line = new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('exit', (code) => reject(new Error(`${script} ended with ${code} before it was ready`)));
  });
  return {
    greeting: JSON.parse(await line) as Greeting,
    end: async () => {
      child.stdin.end();
      await exited;
    },
  };
};
