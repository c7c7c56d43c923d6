import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

export type BenchKafka = {
  /** What is run, such as `Kafka 4.1.1`. */
  readonly name: string;
  readonly brokers: readonly string[];
  readonly stop: () => Promise<void>;
};

const program = path.resolve(import.meta.dirname, '../../kafka/run.mjs');

/** A broker of this run's own, or why there is none. */
export const startKafka = async (folder: string): Promise<BenchKafka | { readonly missing: string }> => {
  for (const [command, what] of [
    ['java', 'Java 17'],
    ['mvn', 'Maven'],
  ] as const)
    if (spawnSync(command, ['-version']).status !== 0) return { missing: `no Kafka engine (${what})` };
  const child = spawn(process.execPath, [program, '--dir', path.join(folder, 'kafka')], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  const ended = once(child, 'close');
  if (child.stdout === null) throw new Error('the broker has no output');
  for await (const line of createInterface({ input: child.stdout })) {
    const [, name, address] = /^(Kafka \S+) (\S+) pid /.exec(line) ?? [];
    if (name === undefined || address === undefined) continue;
    child.stdout.resume();
    return {
      name,
      brokers: [address],
      stop: async () => {
        child.kill('SIGTERM');
        await ended;
      },
    };
  }
  throw new Error('the broker ended before it answered');
};
