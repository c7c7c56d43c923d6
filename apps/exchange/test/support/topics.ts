import { type KafkaBus, kafkaEventBus } from '@liandong/adapters/kafka';
import type { BusRecord } from '@liandong/application';
import { linkTopic } from '@liandong/contracts';
import { afterAll } from '@jest/globals';
import type { TierCode } from '@liandong/kernel';
import type { TestKafka } from '@liandong/testing';
import { randomUUID } from 'node:crypto';

/** A link upwards with the broker that carries it. */
export type Carried = {
  readonly from: TierCode;
  readonly to: TierCode;
  readonly topic: string;
  readonly kafka: TestKafka;
  readonly bus: () => KafkaBus;
};

export type TopicRecord = BusRecord & { readonly offset: bigint };

export const carriedBy = (kafka: TestKafka, from: TierCode, to: TierCode): Carried => {
  let opened: KafkaBus | undefined;
  afterAll(() => opened?.close());
  return {
    ...{ from, to, kafka, topic: linkTopic(from, to) },
    bus: () => (opened ??= kafkaEventBus({ brokers: kafka.brokers, clientId: 'onlooker' })),
  };
};

/** The offset that the next record of the link's topic gets. */
export const nextOf = async ({ bus, topic }: Carried): Promise<bigint> =>
  (await bus().reach(topic))[0]?.next ?? 0n;

/** Everything a topic still holds. */
export const recordsOf = async (bus: KafkaBus, topic: string): Promise<readonly TopicRecord[]> => {
  const records: TopicRecord[] = [];
  const { next = 0n } = (await bus.reach(topic))[0] ?? {};
  if (next === 0n) return records;
  const whole = Promise.withResolvers<void>();
  const reading = await bus.subscribe({
    ...{ topic, group: `onlooker.${randomUUID()}`, most: 1_000 },
    take: async (batch) => {
      records.push(...batch.records);
      if ((batch.records.at(-1)?.offset ?? 0n) + 1n >= next) whole.resolve();
    },
  });
  await Promise.race([whole.promise, reading.ended]);
  await reading.close();
  return records;
};
