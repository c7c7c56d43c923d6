import { sha256 } from '@liandong/adapters/crypto';
import { busEventTopic, kafkaEventBus } from '@liandong/adapters/kafka';
import type { Recorded } from '@liandong/application';
import type { NetworkPlan } from '@liandong/assembly';
import { linkTopics, type TierConfig, tierTopic, tierTopicPlan } from '@liandong/contracts';
import type { TierCode } from '@liandong/kernel';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../../tools/kafka/run.mjs', import.meta.url));

/** The brokers, with the topics of the links and of the tiers on them: those given, or one of this network's own. */
export const startKafka = async (
  folder: string,
  { tiers }: NetworkPlan,
  given: readonly string[],
  stack: (() => Promise<unknown>)[],
): Promise<readonly string[]> => {
  const brokers = given.length > 0 ? given : [await startBroker(path.join(folder, 'kafka'), stack)];
  const bus = kafkaEventBus({ brokers, clientId: 'liandong' });
  try {
    await bus.ensureTopics([
      ...tiers.flatMap(({ tier, parent }) => (parent === undefined ? [] : linkTopics(tier, parent))),
      ...tiers.map(({ tier }) => tierTopicPlan({ topic: topicOf(tier), partitions })),
    ]);
  } finally {
    await bus.close();
  }
  return brokers;
};

/** All tiers share the brokers here. */
const topicOf = (tier: TierCode): string => `${tierTopic}.${tier}`;
const partitions = 3;

/** Every link of the tier over these brokers, and its events on a topic of them. */
export const overKafka = (brokers: readonly string[], config: TierConfig): TierConfig => {
  const { tier, members } = config;
  const links = members.flatMap((member) => {
    const peer = member.parent === tier ? member.tier : member.tier === tier ? member.parent : undefined;
    return peer === undefined ? [] : [{ peer, via: 'kafka', brokers } as const];
  });
  const retentionDays = 14;
  const eventTopic = { brokers, topic: topicOf(tier), partitions, retentionDays, views: 'store' } as const;
  return { ...config, links, eventTopic };
};

/**
 * Reads a tier's topic as any consumer would, until every event that its store holds now has come
 * as a CloudEvent with its own hash; gives how many these are.
 */
export const readPublished = async (
  brokers: readonly string[],
  tier: TierCode,
  held: readonly Recorded[],
): Promise<number> => {
  const bus = kafkaEventBus({ brokers, clientId: 'liandong-reader' });
  const missing = new Set(held.map(({ hash }) => hash));
  const whole = Promise.withResolvers<void>();
  try {
    const reading = await busEventTopic(bus, sha256, topicOf(tier)).receive(
      `liandong.reader.${randomUUID()}`,
      async (entries) => {
        for (const { event } of entries) missing.delete(event.hash);
        if (missing.size === 0) whole.resolve();
      },
    );
    await Promise.race([whole.promise, reading.ended]);
  } finally {
    await bus.close();
  }
  return held.length - missing.size;
};

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
