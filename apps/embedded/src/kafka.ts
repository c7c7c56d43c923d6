import { kafkaEventBus } from '@liandong/adapters/kafka';
import type { NetworkPlan } from '@liandong/assembly';
import { linkTopics, type TierConfig } from '@liandong/contracts';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../../tools/kafka/run.mjs', import.meta.url));

/** The brokers that carry the links, with the links' topics on them: those given, or one of this network's own. */
export const startKafka = async (
  folder: string,
  { tiers }: NetworkPlan,
  given: readonly string[],
  stack: (() => Promise<unknown>)[],
): Promise<readonly string[]> => {
  const brokers = given.length > 0 ? given : [await startBroker(path.join(folder, 'kafka'), stack)];
  const bus = kafkaEventBus({ brokers, clientId: 'liandong' });
  try {
    await bus.ensureTopics(
      tiers.flatMap(({ tier, parent }) => (parent === undefined ? [] : linkTopics(tier, parent))),
    );
  } finally {
    await bus.close();
  }
  return brokers;
};

/** Every link of the tier over these brokers. */
export const linksOver = (
  brokers: readonly string[],
  { tier, members }: Pick<TierConfig, 'tier' | 'members'>,
): NonNullable<TierConfig['links']> =>
  members.flatMap((member) => {
    const peer = member.parent === tier ? member.tier : member.tier === tier ? member.parent : undefined;
    return peer === undefined ? [] : [{ peer, via: 'kafka', brokers }];
  });

/** A process of its own that ends with this program, however it ends. */
const startBroker = async (dir: string, stack: (() => Promise<unknown>)[]): Promise<string> => {
  const child = spawn(process.execPath, [program, '--dir', dir], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  const ended = once(child, 'close');
  stack.push(() => {
    child.kill('SIGTERM');
    return ended;
  });
  if (child.stdout === null) throw new Error('the broker has no output');
  for await (const line of createInterface({ input: child.stdout })) {
    const [, brokers] = /^Kafka \S+ (\S+) pid /.exec(line) ?? [];
    if (brokers === undefined) continue;
    child.stdout.resume();
    return brokers;
  }
  throw new Error('the broker ended before it answered');
};
