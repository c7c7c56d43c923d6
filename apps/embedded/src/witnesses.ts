import {
  type AnsweringWitness,
  type FoundedWitness,
  foundWitnesses,
  type NetworkPlan,
  writeWitnessConfig,
} from '@liandong/assembly';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../audit/dist/main.js', import.meta.url));
const host = '127.0.0.1';

/** Small heaps: a witness holds one head a log. */
const nodeOptions = ['--max-semi-space-size=1', '--max-old-space-size=64', '--v8-pool-size=1'];

/**
 * The witnesses of the demonstration, in processes of their own: those from outside in one, the
 * tiers' and their audit authorities' in the other. They end with this program, however it ends.
 */
export const startWitnesses = async (
  folder: string,
  plan: NetworkPlan,
  stack: (() => Promise<unknown>)[],
): Promise<readonly AnsweringWitness[]> => {
  const founded = foundWitnesses(folder, plan);
  const ofTiers = ({ path: name }: FoundedWitness) => /^\d/.test(name);
  const groups = [
    { name: 'outside', members: founded.filter((each) => !ofTiers(each)) },
    { name: 'inside', members: founded.filter(ofTiers) },
  ];
  const addresses = await Promise.all(
    groups.map(async ({ name, members }) => {
      const file = path.join(folder, 'witnesses', `${name}.json`);
      writeWitnessConfig(folder, file, plan, members, { host, port: 0 });
      return startProcess(file, members, stack);
    }),
  );
  const urls = new Map(addresses.flatMap((each) => [...each]));
  return founded.map((each) => {
    const url = urls.get(each.name);
    if (url === undefined) throw new Error(`the witness ${each.name} did not say where it answers`);
    return { ...each, url };
  });
};

/** Where each of the process's witnesses answers. */
const startProcess = async (
  file: string,
  members: readonly FoundedWitness[],
  stack: (() => Promise<unknown>)[],
): Promise<ReadonlyMap<string, string>> => {
  const child = spawn(process.execPath, [...nodeOptions, program, 'witness', file], {
    // The channel tells the witness when this program is gone, even if it was killed.
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  const ended = once(child, 'close');
  stack.push(() => {
    child.kill('SIGTERM');
    return ended;
  });
  const { stdout } = child;
  if (stdout === null) throw new Error('a witness process has no output');
  const urls = new Map<string, string>();
  for await (const line of createInterface({ input: stdout })) {
    const [, name, url] = / witness (\S+): (\S+) /.exec(line) ?? [];
    if (name !== undefined && url !== undefined) urls.set(name, url);
    if (urls.size === members.length) break;
  }
  stdout.resume();
  if (urls.size < members.length) throw new Error('a witness process ended before it answered');
  return urls;
};
